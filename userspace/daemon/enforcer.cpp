// SPDX-License-Identifier: Apache-2.0
#include "daemon/enforcer.h"

#include <algorithm>

namespace wedged {
namespace {

bool is_act(const Decision& decision) {
  return decision.verdict == Verdict::act;
}

}  // namespace

bool has_last_words(const Decision& decision) {
  return is_act(decision) && decision.rung.action == ActionKind::reboot;
}

Enforcer::Enforcer(std::unique_ptr<Executor> executor, LedgerKeeper keeper, Surroundings surroundings)
    : executor_(std::move(executor)), keeper_(std::move(keeper)), surroundings_(std::move(surroundings)) {}

Result<bool> Enforcer::prepare(const Policy& policy, const ClockPair& now) {
  if (!policy.enforce) return false;
  if (auto works = executor_->self_test(policy); !works) return works.error();
  if (keeper_.is_open()) return false;
  auto ledger = keeper_.open(policy.ledger_file, now);
  if (!ledger) return ledger.error();
  ledger_ = std::move(*ledger);
  if (auto kept = keeper_.keep(ledger_, now); !kept) return kept.error();
  return true;
}

Acts Enforcer::act(const Policy& policy, const std::vector<Finding>& open, const ClockPair& now,
                   const std::function<void(const Decision&)>& last_words) {
  Acts acts;
  acts.ended = collect(now);
  surroundings_.room = executor_->room();
  acts.decisions = decide_and_remember(policy, open, now);
  acts.suspended = ledger_.heed(acts.decisions, policy, now.monotonic);
  acts.wanted = ledger_.intents_since(now.monotonic - policy.brake.window, Trials::count_not);
  for (const Decision& decision : acts.decisions) {
    if (decision.verdict == Verdict::refuse) continue;
    if (has_last_words(decision)) last_words(decision);
    acts.outcomes.push_back(executor_->execute(decision, policy, now.monotonic));
    ledger_.record(acts.outcomes.back());
  }
  std::erase_if(acts.decisions, [&](const Decision& decision) {
    return decision.verdict == Verdict::refuse && !ledger_.note_refusal(decision);
  });
  ledger_.forget(open, policy, now.monotonic);
  surroundings_.remembers = keep(ledger_, now);
  acts.not_kept = std::exchange(not_kept_, std::nullopt);
  return acts;
}

// What is decided is written down as done before it is: a crash in between leaves one rung too many in the
// ledger, and never one too few.
std::vector<Decision> Enforcer::decide_and_remember(const Policy& policy, const std::vector<Finding>& open,
                                                    const ClockPair& now) {
  auto decisions = decide(policy, open, ledger_, surroundings_, now.monotonic);
  if (std::none_of(decisions.begin(), decisions.end(), is_act)) return decisions;
  Ledger planned = ledger_;
  static_cast<void>(planned.heed(decisions, policy, now.monotonic));
  for (const Decision& decision : decisions) {
    if (is_act(decision)) planned.record({decision, OutcomeKind::done, {}, now.monotonic});
  }
  surroundings_.remembers = keep(planned, now);
  if (surroundings_.remembers) return decisions;
  return decide(policy, open, ledger_, surroundings_, now.monotonic);
}

std::vector<Outcome> Enforcer::collect(const ClockPair& now) {
  auto outcomes = executor_->finished(now.monotonic);
  for (const Outcome& outcome : outcomes) ledger_.record(outcome);
  return outcomes;
}

std::optional<LedgerState::Suspension> Enforcer::resume(const ClockPair& now) {
  auto ended = ledger_.state().suspension;
  if (ledger_.resume()) surroundings_.remembers = keep(ledger_, now);
  return ended;
}

std::vector<Outcome> Enforcer::stop(const ClockPair& now) {
  auto outcomes = executor_->abandon(now.monotonic);
  for (const Outcome& outcome : outcomes) ledger_.record(outcome);
  if (!outcomes.empty()) static_cast<void>(keep(ledger_, now));
  return outcomes;
}

std::uint64_t Enforcer::jobs_running() const {
  const auto& climbs = ledger_.state().climbs;
  return static_cast<std::uint64_t>(
      std::count_if(climbs.begin(), climbs.end(), [](const auto& entry) { return entry.second.running; }));
}

bool Enforcer::keep(const Ledger& ledger, const ClockPair& now) {
  const auto kept = keeper_.keep(ledger, now);
  if (kept) return true;
  ++write_errors_;
  if (surroundings_.remembers) not_kept_ = kept.error();
  return false;
}

}  // namespace wedged
