// SPDX-License-Identifier: Apache-2.0
#include "policy/candidates.h"

#include <algorithm>
#include <tuple>

#include "policy/victims.h"

namespace wedged {
namespace {

bool surer_or_longer(const Finding& left, const Finding& right) {
  return std::tie(right.certainty, right.lasted, left.key) < std::tie(left.certainty, left.lasted, right.key);
}

bool comes_first(const Subjects::Subject& left, const Subjects::Subject& right) {
  const bool left_is_victim = left.root != left.finding;
  const bool right_is_victim = right.root != right.finding;
  if (left_is_victim != right_is_victim) return right_is_victim;
  return surer_or_longer(*left.finding, *right.finding);
}

bool asks_for_victims(const Policy& policy) {
  return std::any_of(policy.rules.begin(), policy.rules.end(),
                     [](const Rule& rule) { return rule.match.role == Role::victim; });
}

// A dry run took no rung that a real ladder could stand on.
std::optional<Climb> climb_of(const Policy& policy, const Ledger& ledger, const Rule& rule,
                              const ProcessId& process) {
  const auto climb = ledger.climb_of(rule.name, process);
  if (climb && climb->dry && enforces(policy, rule)) return std::nullopt;
  return climb;
}

// The first rule that fits, with the rung that is due; where its ladder is at its end the next, if all count.
std::optional<Candidate> candidate_of(const Policy& policy, const Ledger& ledger,
                                      const Subjects::Subject& subject) {
  const Role role = subject.root == subject.finding ? Role::root : Role::victim;
  for (const Rule& rule : policy.rules) {
    if (rule.match.role != role) continue;
    const Fit fit = fit_of(rule.match, *subject.finding, *subject.root);
    if (fit == Fit::no) continue;
    const auto climb = climb_of(policy, ledger, rule, subject.finding->task.process);
    const std::size_t due = climb ? climb->rung + 1 : 0;
    if (due < rule.ladder.size())
      return Candidate{subject.finding, subject.root, &rule, due, fit, climb && climb->begun};
    if (policy.order == RuleOrder::first) break;
  }
  return std::nullopt;
}

}  // namespace

Subjects::Subjects(const Policy& policy, const std::vector<Finding>& open, Instant now) {
  for (const Finding& finding : open) subjects_[finding.task.process].push_back({&finding, &finding});
  if (asks_for_victims(policy)) {
    for (const Finding& root : open) {
      const auto& views = views_.emplace_back(victims_of(root, now));
      for (const Finding& view : views) subjects_[view.task.process].push_back({&view, &root});
    }
  }
  for (auto& [process, subjects] : subjects_) std::sort(subjects.begin(), subjects.end(), comes_first);
}

std::vector<Candidate> candidates_of(const Policy& policy, const Subjects& subjects, const Ledger& ledger,
                                     Instant now) {
  std::vector<Candidate> candidates;
  for (const auto& [process, parts] : subjects.by_process()) {
    if (ledger.in_grace(process, now)) continue;
    for (const auto& part : parts) {
      const auto candidate = candidate_of(policy, ledger, part);
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

}  // namespace wedged
