// SPDX-License-Identifier: Apache-2.0
// The body of /api/v1/history: the findings of the last hours, newest first, those that hold included.
// docs/operations.md has the form. Pure.
#pragma once

#include <string>

#include "report/published.h"

namespace wedged::json {

// `state` may be null or from before the first scan.
[[nodiscard]] std::string history_page(const Published* state, const ClockPair& now);

}  // namespace wedged::json
