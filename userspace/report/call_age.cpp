// SPDX-License-Identifier: Apache-2.0
#include "report/call_age.h"

#include <algorithm>

namespace wedged {

CallAge age_of_call(const Finding& finding, const ClockPair& now) {
  if (!finding.task.call) return {};
  const bool exact = finding.task.call->entered.has_value();
  const auto thread =
      std::find_if(finding.threads.begin(), finding.threads.end(),
                   [&](const StuckThread& candidate) { return candidate.task.id == finding.task.id; });
  if (thread != finding.threads.end() && thread->in_call > Duration::zero()) return {thread->in_call, exact};
  if (exact) return {std::max(Duration::zero(), now.monotonic - *finding.task.call->entered), true};
  return {};
}

}  // namespace wedged
