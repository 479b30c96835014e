// SPDX-License-Identifier: Apache-2.0
// Candidates: which rung of which rule is due against whom, before anybody objects.
#pragma once

#include <map>
#include <vector>

#include "policy/ledger.h"
#include "policy/match.h"
#include "policy/policy.h"

namespace wedged {

// Points into the subjects and the policy that it was made from.
struct Candidate {
  const Finding* finding = nullptr;  // of the process itself, or a view of it as a victim
  const Finding* root = nullptr;     // of which it is a victim; else the finding itself
  const Rule* rule = nullptr;
  std::size_t rung_number = 0;
  Fit fit = Fit::no;
  bool begun = false;  // the rule has touched this process before

  [[nodiscard]] const Rung& rung() const { return rule->ladder[rung_number]; }
  [[nodiscard]] bool is_victim() const { return root != finding; }
};

// What is judged: every open finding, and a view of each victim if any rule asks for victims.
class Subjects {
 public:
  // `open` must outlive this.
  Subjects(const Policy& policy, const std::vector<Finding>& open, Instant now);

  struct Subject {
    const Finding* finding = nullptr;
    const Finding* root = nullptr;
  };
  // Of each process, those it is the root of first, the surest and longest of them first.
  [[nodiscard]] const std::map<ProcessId, std::vector<Subject>>& by_process() const { return subjects_; }

 private:
  std::vector<std::vector<Finding>> views_;
  std::map<ProcessId, std::vector<Subject>> subjects_;
};

// One at most for each process. In the order in which limits are to be spent: ladders that are begun, then
// the surest and longest.
[[nodiscard]] std::vector<Candidate> candidates_of(const Policy& policy, const Subjects& subjects,
                                                   const Ledger& ledger, Instant now);

}  // namespace wedged
