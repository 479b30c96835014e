// SPDX-License-Identifier: Apache-2.0
// Ledger: what was done, when, to whom. The only value that flows back; decide() reads it, the loop writes
// it. Pure bookkeeping without a clock of its own. Not thread-safe; the scan loop owns it.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "policy/decision.h"
#include "policy/ledger_state.h"

namespace wedged {

// Whether rules that are on trial (is_on_trial()) count for the brake: for themselves they do.
enum class Trials { count, count_not };

class Ledger {
 public:
  Ledger() = default;
  // Goes on from what was remembered before the monitor was restarted at `now`: rungs that were running have
  // ended with it. As it has to find again what was stuck, ladders are not forgotten for a minute.
  Ledger(LedgerState state, Instant now);

  // Every outcome but `changed` and `gone` takes its rung, failures included: nothing is tried twice. What
  // touches a process also counts as an action. Dry runs are recorded alike, so that a dry run shows exactly
  // what enforcement would do, but marked as such, however they ended. A second outcome of a rung that was
  // `started` ends it.
  void record(const Outcome& outcome);

  // Notes for the brake whom a rule has decided to touch, limits or not. The suspension, if the decisions are
  // the first that the brake refuses.
  std::optional<LedgerState::Suspension> heed(const std::vector<Decision>& decisions, const Policy& policy,
                                              Instant now);
  void suspend(const LedgerState::Suspension& suspension) { state_.suspension = suspension; }
  // Enforcement goes on; what was counted until then is forgotten. False if it was not suspended.
  bool resume();

  // True the first time this refusal is noted for this finding and rule: refusals are told once, not at every
  // scan.
  [[nodiscard]] bool note_refusal(const Decision& decision);

  // Forgets what no longer matters: windows that passed, processes whose findings ended, rules that are no
  // more, and the dry runs of rules that are enforced now; what they really did before is kept. To be called
  // after every scan.
  void forget(const std::vector<Finding>& open, const Policy& policy, Instant now);

  [[nodiscard]] const LedgerState& state() const { return state_; }
  [[nodiscard]] std::optional<Climb> climb_of(const std::string& rule, const ProcessId& process) const;
  // True while a rung taken against this process goes on or its grace runs, whatever rule it was of.
  [[nodiscard]] bool in_grace(const ProcessId& process, Instant now) const;
  // Whether the brake has counted this already, later than `since`.
  [[nodiscard]] bool has_intent(const std::string& rule, const ProcessId& process, Instant since) const;
  [[nodiscard]] std::size_t intents_since(Instant since, Trials trials) const;

 private:
  void forget_dry_runs(const Policy& policy);
  void forget_climbs(const std::set<ProcessId>& stuck, const Policy& policy, Instant now);

  LedgerState state_;
  std::optional<Instant> taken_up_;  // after a restart
  std::set<std::tuple<FindingKey, std::string, Refusal>> told_refusals_;
};

}  // namespace wedged
