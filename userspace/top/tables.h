// SPDX-License-Identifier: Apache-2.0
// The views of `wedged top`: each a table of one sample. Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "top/sample.h"
#include "top/table.h"

namespace wedged {

enum class TopView { stuck, calls, syscalls, processes, units };
inline constexpr std::size_t top_views = 5;

[[nodiscard]] std::string_view title_of(TopView view);
[[nodiscard]] TopTable table_of(const TopSample& sample, TopView view);
// How a view is sorted until the user says otherwise.
[[nodiscard]] TopOrder first_order(TopView view);

// Each view's own; table_of() chooses.
[[nodiscard]] TopTable stuck_table(const TopSample& sample);
[[nodiscard]] TopTable calls_table(const TopSample& sample);
[[nodiscard]] TopTable syscalls_table(const TopSample& sample);
[[nodiscard]] TopTable processes_table(const TopSample& sample);
[[nodiscard]] TopTable units_table(const TopSample& sample);

// Those of the threads that `is_wanted` says yes to, with what each does; the longest in its call first.
// `most` rows at most.
[[nodiscard]] TopTable threads_table(const TopSample& sample,
                                     const std::function<bool(const CensusThread&)>& is_wanted,
                                     std::size_t most);

}  // namespace wedged
