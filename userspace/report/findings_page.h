// SPDX-License-Identifier: Apache-2.0
// The body of /api/v1/findings: what the last scan found, as JSON. docs/operations.md has the form. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "report/page_head.h"
#include "report/published.h"

namespace wedged::json {

// Threads and victims listed of one finding. More than in events: who asks here looks for somebody among
// them.
inline constexpr std::size_t listed_on_page = 4096;

// `state` may be null or from before the first scan: then "last_scan" is null.
[[nodiscard]] std::string findings_page(const Published* state, const ClockPair& now);

// The same in two parts: the list of findings, which is the same for everybody who asks about this state, and
// the page with it, which tells how old it is.
[[nodiscard]] std::string findings_list(const Published* state);
[[nodiscard]] std::string findings_page(const Published* state, const ClockPair& now,
                                        const std::string& list);

}  // namespace wedged::json
