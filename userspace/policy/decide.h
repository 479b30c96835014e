// SPDX-License-Identifier: Apache-2.0
// decide: findings and policy in, decisions out. Pure: the same arguments give the same decisions.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "policy/decision.h"
#include "policy/ledger.h"
#include "policy/policy.h"

namespace wedged {

// How much more may be begun that goes on beside the scans.
struct Room {
  static constexpr std::size_t endless = std::numeric_limits<std::size_t>::max();
  std::size_t jobs = endless;
  std::size_t dumps = endless;  // these have places of their own, so that a fence need not wait for them
};

// Who must never be touched because of who the monitor is, and what it can do at this moment.
struct Surroundings {
  int own_tgid = 0;  // 0: unknown, then nothing is ever signalled
  std::vector<int>
      ancestors;  // tgids of the monitor's ancestors, as the kernel counts them: of the first PID namespace
  bool remembers = true;  // false: what is done now could be forgotten by a crash, and nothing is done
  Room room{};
};

// One decision per process and scan at most: the first rule that matches its surest, longest finding; if that
// ladder is at its end, the next rule where the policy's order is `all`, and then the same with the finding
// after it. Nothing is decided while the grace of any rung taken runs. Processes whose ladder is begun come
// first, then the surest and longest, and in that order limits are spent. Victims are decided about only
// where nothing (more) can be done about their root. What touches nobody passes limits and brake; what is
// aimed at no process passes the guard. A fact that a rule asks for and that is unknown refuses. `now` counts
// from the boot: a host that has just booted is not rebooted.
[[nodiscard]] std::vector<Decision> decide(const Policy& policy, const std::vector<Finding>& open,
                                           const Ledger& ledger, const Surroundings& surroundings,
                                           Instant now);

}  // namespace wedged
