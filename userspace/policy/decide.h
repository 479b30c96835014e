// SPDX-License-Identifier: Apache-2.0
// decide: findings and policy in, decisions out. Pure: the same arguments give the same decisions.
#pragma once

#include <string>
#include <vector>

#include "policy/decision.h"
#include "policy/ledger.h"
#include "policy/policy.h"

namespace wedged {

// Who must never be touched because of who the monitor is.
struct Surroundings {
  int own_tgid = 0;  // 0: unknown, then nothing is ever signalled
  std::vector<int>
      ancestors;  // tgids of the monitor's ancestors, as the kernel counts them: of the first PID namespace
  bool remembers = true;  // false: what is done now could be forgotten by a crash, and nothing is done
};

// One decision per process and scan at most: the first rule that matches its surest, longest finding; if that
// ladder is at its end, the next rule where the policy's order is `all`, and then the same with the finding
// after it. Nothing is decided while the grace of any rung taken runs. Processes whose ladder is begun come
// first, then the surest and longest, and in that order limits are spent. Victims are decided about only
// where nothing (more) can be done about their root. What touches nobody passes guard, limits and brake; a
// hook and a reboot are aimed at no process and pass the guard. A fact that a rule asks for and that is
// unknown refuses.
[[nodiscard]] std::vector<Decision> decide(const Policy& policy, const std::vector<Finding>& open,
                                           const Ledger& ledger, const Surroundings& surroundings,
                                           Instant now);

}  // namespace wedged
