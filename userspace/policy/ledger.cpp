// SPDX-License-Identifier: Apache-2.0
#include "policy/ledger.h"

#include <algorithm>

namespace wedged {
namespace {

bool knows_rule(const Policy& policy, const std::string& name) {
  return std::any_of(policy.rules.begin(), policy.rules.end(),
                     [&](const Rule& rule) { return rule.name == name; });
}

// The longest time back that any limit looks.
Duration horizon_of(const Policy& policy) {
  const auto reach = [](const Limits& limits) { return std::max(limits.window, limits.cool_down); };
  Duration horizon = reach(policy.limits);
  for (const Rule& rule : policy.rules) horizon = std::max(horizon, reach(rule.limits));
  return horizon;
}

}  // namespace

void Ledger::record(const Outcome& outcome) {
  if (outcome.kind == OutcomeKind::changed || outcome.kind == OutcomeKind::gone) return;
  const Decision& decision = outcome.decision;
  const bool dry = outcome.kind == OutcomeKind::dry_run;
  const bool signal = decision.rung.action == ActionKind::signal;
  Climb& climb = climbs_[{decision.rule, decision.finding.task.process}];
  climb = {decision.rung_number, outcome.at, decision.rung.grace, climb.signalled || signal, dry};
  if (signal) actions_.push_back({decision.rule, outcome.at, dry});
}

bool Ledger::note_refusal(const Decision& decision) {
  return told_refusals_.emplace(decision.finding.key, decision.rule, decision.refusal).second;
}

void Ledger::forget(const std::vector<Finding>& open, const Policy& policy, Instant now) {
  if (policy.enforce) forget_dry_runs();
  const Duration horizon = horizon_of(policy);
  std::erase_if(actions_, [&](const Action& action) { return now - action.at > horizon; });

  std::set<FindingKey> open_keys;
  std::set<ProcessId> stuck;
  for (const Finding& finding : open) {
    open_keys.insert(finding.key);
    stuck.insert(finding.task.process);
  }
  std::erase_if(climbs_, [&](const auto& entry) {
    const auto& [whose, climb] = entry;
    const bool over = !stuck.contains(whose.second) && now - climb.at >= climb.grace;
    return over || !knows_rule(policy, whose.first);
  });
  std::erase_if(told_refusals_, [&](const auto& told) {
    return !open_keys.contains(std::get<0>(told)) || !knows_rule(policy, std::get<1>(told));
  });
}

void Ledger::forget_dry_runs() {
  std::erase_if(actions_, [](const Action& action) { return action.dry; });
  std::erase_if(climbs_, [](const auto& entry) { return entry.second.dry; });
}

std::optional<Ledger::Climb> Ledger::climb_of(const std::string& rule, const ProcessId& process) const {
  const auto found = climbs_.find({rule, process});
  if (found == climbs_.end()) return std::nullopt;
  return found->second;
}

bool Ledger::in_grace(const ProcessId& process, Instant now) const {
  return std::any_of(climbs_.begin(), climbs_.end(), [&](const auto& entry) {
    const auto& [whose, climb] = entry;
    return whose.second == process && now - climb.at < climb.grace;
  });
}

std::size_t Ledger::actions_since(const std::string& rule, Instant since) const {
  return static_cast<std::size_t>(std::count_if(actions_.begin(), actions_.end(), [&](const Action& action) {
    return action.rule == rule && action.at > since;
  }));
}

std::size_t Ledger::actions_since(Instant since) const {
  return static_cast<std::size_t>(std::count_if(actions_.begin(), actions_.end(),
                                                [&](const Action& action) { return action.at > since; }));
}

std::optional<Instant> Ledger::last_action(const std::string& rule) const {
  std::optional<Instant> last;
  for (const Action& action : actions_) {
    if (action.rule == rule && (!last || *last < action.at)) last = action.at;
  }
  return last;
}

std::optional<Instant> Ledger::last_action() const {
  std::optional<Instant> last;
  for (const Action& action : actions_) {
    if (!last || *last < action.at) last = action.at;
  }
  return last;
}

}  // namespace wedged
