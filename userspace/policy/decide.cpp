// SPDX-License-Identifier: Apache-2.0
#include "policy/decide.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "policy/budget.h"
#include "policy/guard.h"
#include "policy/match.h"

namespace wedged {
namespace {

// A rung that is due against a process, before anybody objected.
struct Candidate {
  const Finding* finding = nullptr;
  const Rule* rule = nullptr;
  std::size_t rung_number = 0;
  Fit fit = Fit::no;
  bool begun = false;  // the rule has signalled this process before

  [[nodiscard]] const Rung& rung() const { return rule->ladder[rung_number]; }
};

using FindingsByProcess = std::map<ProcessId, std::vector<const Finding*>>;

bool surer_or_longer(const Finding& left, const Finding& right) {
  return std::tie(right.certainty, right.lasted, left.key) < std::tie(left.certainty, left.lasted, right.key);
}

FindingsByProcess by_process(const std::vector<Finding>& open) {
  FindingsByProcess processes;
  for (const Finding& finding : open) processes[finding.task.process].push_back(&finding);
  for (auto& [process, findings] : processes) {
    std::sort(findings.begin(), findings.end(),
              [](const Finding* left, const Finding* right) { return surer_or_longer(*left, *right); });
  }
  return processes;
}

// A dry run took no rung that a real ladder could stand on.
std::optional<Ledger::Climb> climb_of(const Policy& policy, const Ledger& ledger, const Rule& rule,
                                      const ProcessId& process) {
  const auto climb = ledger.climb_of(rule.name, process);
  if (climb && climb->dry && policy.enforce) return std::nullopt;
  return climb;
}

// The first rule that fits, with the rung that is due; nothing if none fits or its ladder is at its end.
std::optional<Candidate> candidate_of(const Policy& policy, const Ledger& ledger, const Finding& finding) {
  for (const Rule& rule : policy.rules) {
    const Fit fit = fit_of(rule.match, finding);
    if (fit == Fit::no) continue;
    const auto climb = climb_of(policy, ledger, rule, finding.task.process);
    const std::size_t due = climb ? climb->rung + 1 : 0;
    if (due >= rule.ladder.size()) return std::nullopt;
    return Candidate{&finding, &rule, due, fit, climb && climb->signalled};
  }
  return std::nullopt;
}

std::vector<Candidate> candidates_of(const Policy& policy, const std::vector<Finding>& open,
                                     const Ledger& ledger, Instant now) {
  std::vector<Candidate> candidates;
  for (const auto& [process, findings] : by_process(open)) {
    if (ledger.in_grace(process, now)) continue;
    for (const Finding* finding : findings) {
      const auto candidate = candidate_of(policy, ledger, *finding);
      if (!candidate) continue;
      candidates.push_back(*candidate);
      break;
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& left, const Candidate& right) {
    if (left.begun != right.begun) return left.begun;
    return surer_or_longer(*left.finding, *right.finding);
  });
  return candidates;
}

std::optional<Objection> objection_to(const Candidate& candidate, const Policy& policy,
                                      const Surroundings& surroundings, const Budget& budget) {
  const bool signal = candidate.rung().action == ActionKind::signal;
  if (signal) {
    if (auto objection = guard(policy, *candidate.finding, surroundings)) return objection;
  }
  if (candidate.fit == Fit::unknown) {
    return Objection{Refusal::unknown_facts, "rule " + candidate.rule->name +
                                                 " asks for something about the process that is not known"};
  }
  if (signal) return budget.objection(*candidate.rule, candidate.begun);
  return std::nullopt;
}

std::string reason_to_act(const Candidate& candidate, bool enforce) {
  const Finding& finding = *candidate.finding;
  const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(finding.lasted).count();
  std::string reason = std::string{name_of(finding.key.cause)} + " (" +
                       std::string{name_of(finding.certainty)} + ") for " + std::to_string(lasted) +
                       " s: step " + std::to_string(candidate.rung_number + 1) + " of " +
                       std::to_string(candidate.rule->ladder.size()) + " of rule " + candidate.rule->name;
  if (!enforce) reason += "; nothing is done, because the policy does not enforce";
  return reason;
}

Decision decision_on(const Candidate& candidate, const std::optional<Objection>& objection,
                     const Policy& policy, Instant now) {
  Decision decision;
  decision.finding = *candidate.finding;
  decision.rule = candidate.rule->name;
  decision.rung = candidate.rung();
  decision.rung_number = candidate.rung_number;
  decision.at = now;
  if (objection) {
    decision.verdict = Verdict::refuse;
    decision.refusal = objection->refusal;
    decision.reason = objection->reason;
  } else {
    decision.verdict = policy.enforce ? Verdict::act : Verdict::dry_run;
    decision.reason = reason_to_act(candidate, policy.enforce);
  }
  return decision;
}

}  // namespace

std::vector<Decision> decide(const Policy& policy, const std::vector<Finding>& open, const Ledger& ledger,
                             const Surroundings& surroundings, Instant now) {
  std::vector<Decision> decisions;
  Budget budget{policy, ledger, now};
  for (const Candidate& candidate : candidates_of(policy, open, ledger, now)) {
    const auto objection = objection_to(candidate, policy, surroundings, budget);
    if (!objection && candidate.rung().action == ActionKind::signal) budget.spend(*candidate.rule);
    decisions.push_back(decision_on(candidate, objection, policy, now));
  }
  return decisions;
}

}  // namespace wedged
