// SPDX-License-Identifier: Apache-2.0
#include "policy/candidates.h"

#include <algorithm>
#include <set>
#include <string>
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
std::vector<TakenRung> taken_of(const Policy& policy, const Ledger& ledger, const Rule& rule,
                                const ProcessId& process) {
  auto climb = ledger.climb_of(rule.name, process);
  if (!climb) return {};
  if (enforces(policy, rule)) std::erase_if(climb->taken, [](const TakenRung& taken) { return taken.dry; });
  return std::move(climb->taken);
}

// The first rung that was not taken yet. The ladder may have been changed since the others were: what was put
// before them is not passed over, and what stands elsewhere now is not done twice.
std::size_t due_of(const std::vector<Rung>& ladder, const std::vector<TakenRung>& taken) {
  std::multiset<std::string> done;
  for (const TakenRung& rung : taken) done.insert(rung.rung);
  for (std::size_t due = 0; due < ladder.size(); ++due) {
    const auto found = done.find(ladder[due].identity());
    if (found == done.end()) return due;
    done.erase(found);
  }
  return ladder.size();
}

bool has_touched(const std::vector<TakenRung>& taken) {
  return std::any_of(taken.begin(), taken.end(), [](const TakenRung& rung) { return rung.touched; });
}

// The first rule that fits, with the rung that is due; where its ladder is at its end the next, if all count.
std::optional<Candidate> candidate_of(const Policy& policy, const Ledger& ledger,
                                      const Subjects::Subject& subject) {
  const Role role = subject.root == subject.finding ? Role::root : Role::victim;
  for (const Rule& rule : policy.rules) {
    if (rule.match.role != role) continue;
    const Fit fit = fit_of(rule.match, *subject.finding, *subject.root);
    if (fit == Fit::no) continue;
    const auto taken = taken_of(policy, ledger, rule, subject.finding->task.process);
    const std::size_t due = due_of(rule.ladder, taken);
    if (due < rule.ladder.size())
      return Candidate{subject.finding, subject.root, &rule, due, fit, has_touched(taken)};
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
