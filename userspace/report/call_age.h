// SPDX-License-Identifier: Apache-2.0
// How long the stuck thread of a finding is in its present call, for showing. Pure.
#pragma once

#include <optional>

#include "diagnosis/finding.h"

namespace wedged {

struct CallAge {
  std::optional<Duration> age;  // absent: unknown, or not inside a call
  bool exact = false;           // false: it is at least that
};

// Prefers what the history reckoned (time for which nobody may be blamed is left out) to the difference of
// clocks.
[[nodiscard]] CallAge age_of_call(const Finding& finding, const ClockPair& now);

}  // namespace wedged
