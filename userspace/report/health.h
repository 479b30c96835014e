// SPDX-License-Identifier: Apache-2.0
// Does the monitor still look, and at anybody? Judged from the last published state alone. Pure.
#pragma once

#include <string>

#include "report/published.h"

namespace wedged {

struct Health {
  bool ok = false;
  std::string reason;  // why not; empty if ok
};

// A scan may be that many intervals old, and always at least `least_patience`.
inline constexpr int patience_intervals = 10;
inline constexpr Duration least_patience = std::chrono::seconds(10);

// `state` may be null. A state whose `at` is zero was published before the first scan.
[[nodiscard]] Health health_of(const Published* state, Instant now);

}  // namespace wedged
