// SPDX-License-Identifier: Apache-2.0
// The body of /api/v1/monitor: how the monitor itself is. docs/operations.md has the form. Pure.
#pragma once

#include <string>

#include "report/published.h"

namespace wedged::json {

// `state` may be null or from before the first scan.
[[nodiscard]] std::string monitor_page(const Published* state, const ClockPair& now);

}  // namespace wedged::json
