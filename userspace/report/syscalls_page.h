// SPDX-License-Identifier: Apache-2.0
// The body of /api/v1/syscalls: rate, errors and latency of the busiest system calls over the last hour.
// docs/operations.md has the form. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "report/published.h"

namespace wedged::json {

// Of calls that are made to wait as many, and of the others.
inline constexpr std::size_t most_calls_of_a_kind = 20;

// `state` may be null or from before the first scan.
[[nodiscard]] std::string syscalls_page(const Published* state, const ClockPair& now);

}  // namespace wedged::json
