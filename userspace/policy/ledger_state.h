// SPDX-License-Identifier: Apache-2.0
// LedgerState: what the ledger remembers, as a plain value that can be written down and read again after a
// restart of the monitor. Instants are of this boot.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "observation/process_id.h"
#include "util/clock.h"

namespace wedged {

struct TakenRung {
  std::string rung;      // Rung::identity(): the rule's ladder may be another one by now
  bool touched = false;  // it was to touch the process
  bool dry = false;      // nothing was really done

  bool operator==(const TakenRung&) const = default;
};

// What was done by one rule against one process.
struct Climb {
  std::vector<TakenRung> taken;  // as recorded, never empty
  Instant at{};                  // when the last one was taken; once it has ended: when it ended
  Duration grace{};              // of that rung
  bool running = false;          // it goes on beside the loop; it did not outlive the monitor

  bool operator==(const Climb&) const = default;
};

struct LedgerState {
  // One rung that touched a process: what limits count.
  struct Action {
    std::string rule;
    std::string unit;  // empty: none or unknown
    Instant at{};
    bool dry = false;

    bool operator==(const Action&) const = default;
  };
  // The first time that a rule decided to touch a process: what the brake counts.
  struct Intent {
    std::string rule;
    ProcessId process;
    Instant at{};
    bool dry = false;  // of a rule that was on trial while the policy enforced

    bool operator==(const Intent&) const = default;
  };
  // Enforcement has suspended itself.
  struct Suspension {
    Instant since{};
    std::string reason;  // a sentence for people

    bool operator==(const Suspension&) const = default;
  };

  std::deque<Action> actions;                                 // as recorded
  std::deque<Intent> intents;                                 // as recorded
  std::map<std::pair<std::string, ProcessId>, Climb> climbs;  // by rule and process
  std::optional<Suspension> suspension;

  bool operator==(const LedgerState&) const = default;
};

}  // namespace wedged
