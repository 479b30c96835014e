// SPDX-License-Identifier: Apache-2.0
// Ledger: what was done, when, to whom. The only value that flows back; decide() reads it, the loop writes
// it. Pure bookkeeping without a clock of its own. Not thread-safe; the scan loop owns it.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "policy/decision.h"

namespace wedged {

class Ledger {
 public:
  // The ladder of one rule against one process.
  struct Climb {
    std::size_t rung = 0;  // the last one taken
    Instant at{};
    Duration grace{};        // of that rung
    bool signalled = false;  // this rung or one before it was a signal: the process's ladder is begun
    bool dry = false;        // nothing was really done
  };

  // Every outcome but `changed` and `gone` takes its rung, failures included: nothing is tried twice. Signals
  // also count as actions. Dry runs are recorded alike, so that a dry run shows exactly what enforcement
  // would do.
  void record(const Outcome& outcome);

  // True the first time this refusal is noted for this finding and rule: refusals are told once, not at every
  // scan.
  [[nodiscard]] bool note_refusal(const Decision& decision);

  // Forgets what no longer matters: windows that passed, processes whose findings ended, rules that are no
  // more, and all dry runs once the policy enforces. To be called after every scan.
  void forget(const std::vector<Finding>& open, const Policy& policy, Instant now);

  [[nodiscard]] std::optional<Climb> climb_of(const std::string& rule, const ProcessId& process) const;
  // True while the grace of a rung taken against this process runs, whatever rule it was of.
  [[nodiscard]] bool in_grace(const ProcessId& process, Instant now) const;
  // Later than `since`, those "in the future" of it included.
  [[nodiscard]] std::size_t actions_since(const std::string& rule, Instant since) const;  // of one rule
  [[nodiscard]] std::size_t actions_since(Instant since) const;                           // of all rules
  [[nodiscard]] std::optional<Instant> last_action(const std::string& rule) const;
  [[nodiscard]] std::optional<Instant> last_action() const;

 private:
  struct Action {
    std::string rule;
    Instant at{};
    bool dry = false;
  };

  void forget_dry_runs();

  std::deque<Action> actions_;  // as recorded
  std::map<std::pair<std::string, ProcessId>, Climb> climbs_;
  std::set<std::tuple<FindingKey, std::string, Refusal>> told_refusals_;
};

}  // namespace wedged
