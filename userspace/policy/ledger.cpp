// SPDX-License-Identifier: Apache-2.0
#include "policy/ledger.h"

#include <algorithm>

namespace wedged {
namespace {

constexpr Duration time_to_find_again = std::chrono::minutes(1);

const Rule* rule_named(const Policy& policy, const std::string& name) {
  const auto found = std::find_if(policy.rules.begin(), policy.rules.end(),
                                  [&](const Rule& rule) { return rule.name == name; });
  return found == policy.rules.end() ? nullptr : &*found;
}

// The longest time back that any limit looks.
Duration horizon_of(const Policy& policy) {
  const auto reach = [](const Limits& limits) { return std::max(limits.window, limits.cool_down); };
  Duration horizon = std::max(reach(policy.limits), reach(policy.unit_limits));
  for (const Rule& rule : policy.rules) horizon = std::max(horizon, reach(rule.limits));
  return horizon;
}

// Those of a rule that asked too much of the host, or that the host's state forbade for now; what a guard
// refuses will never be done.
bool is_intent(const Decision& decision) {
  if (!decision.rung.touches()) return false;
  constexpr std::array counted{Refusal::none,       Refusal::rule_limit, Refusal::host_limit, Refusal::busy,
                               Refusal::unit_limit, Refusal::cool_down,  Refusal::brake};
  return std::find(counted.begin(), counted.end(), decision.refusal) != counted.end();
}

// It goes on beside the loop, and this is the second outcome of it.
bool is_end_of(const Climb& climb, const Outcome& outcome) {
  return climb.running && climb.taken.back().rung == outcome.decision.rung.identity();
}

}  // namespace

Ledger::Ledger(LedgerState state, Instant now) : state_(std::move(state)), taken_up_(now) {
  for (auto& [whose, climb] : state_.climbs) climb.running = false;
}

void Ledger::record(const Outcome& outcome) {
  const Decision& decision = outcome.decision;
  const ProcessId& process = decision.finding.task.process;
  const auto known = state_.climbs.find({decision.rule, process});
  if (known != state_.climbs.end() && is_end_of(known->second, outcome)) {
    known->second.running = false;
    known->second.at = outcome.at;
    return;
  }
  if (outcome.kind == OutcomeKind::changed || outcome.kind == OutcomeKind::gone) return;
  const bool dry = decision.verdict == Verdict::dry_run;
  const bool touches = decision.rung.touches() && outcome.kind != OutcomeKind::guarded;
  Climb& climb = state_.climbs[{decision.rule, process}];
  climb.taken.push_back({decision.rung.identity(), touches, dry});
  climb.at = outcome.at;
  climb.grace = decision.rung.grace;
  climb.running = outcome.kind == OutcomeKind::started;
  if (touches) state_.actions.push_back({decision.rule, decision.finding.unit, outcome.at, dry});
}

std::optional<LedgerState::Suspension> Ledger::heed(const std::vector<Decision>& decisions,
                                                    const Policy& policy, Instant now) {
  const Decision* refused = nullptr;
  for (const Decision& decision : decisions) {
    if (!is_intent(decision)) continue;
    const ProcessId& process = decision.finding.task.process;
    const Rule* rule = rule_named(policy, decision.rule);
    const bool on_trial = rule != nullptr && is_on_trial(policy, *rule);
    if (!has_intent(decision.rule, process, now - policy.brake.window))
      state_.intents.push_back({decision.rule, process, now, on_trial});
    if (decision.refusal == Refusal::brake && !on_trial) refused = &decision;
  }
  if (refused == nullptr || state_.suspension) return std::nullopt;
  state_.suspension = LedgerState::Suspension{now, refused->reason};
  return state_.suspension;
}

bool Ledger::resume() {
  if (!state_.suspension) return false;
  state_.suspension.reset();
  state_.intents.clear();
  return true;
}

bool Ledger::note_refusal(const Decision& decision) {
  return told_refusals_.emplace(decision.finding.key, decision.rule, decision.refusal).second;
}

void Ledger::forget(const std::vector<Finding>& open, const Policy& policy, Instant now) {
  forget_dry_runs(policy);
  const Duration horizon = horizon_of(policy);
  std::erase_if(state_.actions, [&](const auto& action) { return now - action.at > horizon; });
  std::erase_if(state_.intents, [&](const auto& intent) { return now - intent.at > policy.brake.window; });

  std::set<TaskId> open_tasks;
  std::set<ProcessId> stuck;
  for (const Finding& finding : open) {
    open_tasks.insert(finding.key.task);
    stuck.insert(finding.task.process);
    for (const StuckThread& victim : finding.victims) {
      open_tasks.insert(victim.task.id);
      stuck.insert(victim.task.process);
    }
  }
  forget_climbs(stuck, policy, now);
  std::erase_if(told_refusals_, [&](const auto& told) {
    return !open_tasks.contains(std::get<0>(told).task) || !rule_named(policy, std::get<1>(told));
  });
}

void Ledger::forget_climbs(const std::set<ProcessId>& stuck, const Policy& policy, Instant now) {
  const bool looks_again = taken_up_ && now - *taken_up_ < time_to_find_again;
  std::erase_if(state_.climbs, [&](const auto& entry) {
    const auto& [whose, climb] = entry;
    if (!rule_named(policy, whose.first)) return !climb.running;
    const bool over = !stuck.contains(whose.second) && now - climb.at >= climb.grace;
    return over && !climb.running && !looks_again;
  });
}

void Ledger::forget_dry_runs(const Policy& policy) {
  const auto enforced = [&](const std::string& name) {
    const Rule* rule = rule_named(policy, name);
    return rule ? enforces(policy, *rule) : policy.enforce;
  };
  std::erase_if(state_.actions, [&](const auto& action) { return action.dry && enforced(action.rule); });
  std::erase_if(state_.intents, [&](const auto& intent) { return intent.dry && enforced(intent.rule); });
  for (auto& [whose, climb] : state_.climbs) {
    if (!enforced(whose.first)) continue;
    climb.running = climb.running && !climb.taken.back().dry;
    std::erase_if(climb.taken, [](const TakenRung& taken) { return taken.dry; });
  }
  std::erase_if(state_.climbs, [](const auto& entry) { return entry.second.taken.empty(); });
}

std::optional<Climb> Ledger::climb_of(const std::string& rule, const ProcessId& process) const {
  const auto found = state_.climbs.find({rule, process});
  if (found == state_.climbs.end()) return std::nullopt;
  return found->second;
}

bool Ledger::in_grace(const ProcessId& process, Instant now) const {
  return std::any_of(state_.climbs.begin(), state_.climbs.end(), [&](const auto& entry) {
    const auto& [whose, climb] = entry;
    return whose.second == process && (climb.running || now - climb.at < climb.grace);
  });
}

bool Ledger::has_intent(const std::string& rule, const ProcessId& process, Instant since) const {
  return std::any_of(state_.intents.begin(), state_.intents.end(), [&](const auto& intent) {
    return intent.rule == rule && intent.process == process && intent.at > since;
  });
}

std::size_t Ledger::intents_since(Instant since, Trials trials) const {
  return static_cast<std::size_t>(std::count_if(
      state_.intents.begin(), state_.intents.end(),
      [&](const auto& intent) { return intent.at > since && (trials == Trials::count || !intent.dry); }));
}

}  // namespace wedged
