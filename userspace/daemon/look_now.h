// SPDX-License-Identifier: Apache-2.0
// A look at the whole host without a daemon: what holds now, after scans that take about a second together.
#pragma once

#include <vector>

#include "config/settings.h"
#include "diagnosis/finding.h"
#include "observation/watched_scope.h"
#include "util/result.h"

namespace wedged {

struct Look {
  std::vector<Finding> findings;
  ClockPair at;
  std::uint64_t threads = 0;  // that were looked at
  WatchedScope scope;         // whom it looked at
};

// Follows no calls: loops that spin are not seen. The settings' scan interval does not matter. Its errors are
// those of start_observing().
[[nodiscard]] Result<Look> look_now(Settings settings);

}  // namespace wedged
