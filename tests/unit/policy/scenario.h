// SPDX-License-Identifier: Apache-2.0
// What the tests of decisions share: rules in one line, and a loop of decide, execute and record without a
// host.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "policy/decide.h"
#include "support/builders.h"

namespace wedged::test {

using namespace std::chrono_literals;

inline Rung term(Duration grace = 5s) {
  return {ActionKind::signal, SIGTERM, grace};
}
inline Rung kill_9(Duration grace = 5s) {
  return {ActionKind::signal, SIGKILL, grace};
}
inline Rung log_line(Duration grace = 0s) {
  return {ActionKind::log, 0, grace};
}

// Limits that never bind.
inline Limits no_limits() {
  return {1000, 1s, 0s};
}

inline Rule a_rule(const std::string& name, std::vector<Rung> ladder, const Limits& limits = no_limits()) {
  Rule rule;
  rule.name = name;
  rule.ladder = std::move(ladder);
  rule.limits = limits;
  return rule;
}

inline Policy enforcing(std::vector<Rule> rules, const Limits& host = no_limits()) {
  Policy policy;
  policy.enforce = true;
  policy.limits = host;
  policy.unit_limits = no_limits();
  policy.brake = {1000, 1min};
  policy.rules = std::move(rules);
  return policy;
}

// A finding about a process of its own.
inline FindingBuilder stuck(int tgid) {
  return a_finding().of(a_thread().of_process(tgid).in_d_state());
}

// The monitor's loop, with a world in which every signal arrives and nothing dies of it.
class Scenario {
 public:
  explicit Scenario(Policy policy) : policy_(std::move(policy)) {}

  std::vector<Decision> scan(const std::vector<Finding>& open) {
    auto decisions = decide(policy_, open, ledger_, surroundings_, now_);
    suspensions_ += ledger_.heed(decisions, policy_, now_) ? 1U : 0U;
    for (const Decision& decision : decisions) {
      if (decision.verdict == Verdict::refuse) continue;
      const auto kind = decision.verdict == Verdict::act ? outcome_ : dry_outcome_;
      ledger_.record({decision, kind, "", now_});
    }
    ledger_.forget(open, policy_, now_);
    return decisions;
  }

  // "4242 SIGTERM", "4242 would log", "4242 cool_down": one word or two for each decision.
  std::vector<std::string> told(const std::vector<Finding>& open) {
    std::vector<std::string> lines;
    for (const Decision& decision : scan(open)) {
      EXPECT_FALSE(decision.reason.empty());
      EXPECT_EQ(decision.at, now_);
      std::string word = std::string{name_of(decision.refusal)};
      if (decision.verdict == Verdict::act) word = decision.rung.name();
      if (decision.verdict == Verdict::dry_run) word = "would " + decision.rung.name();
      lines.push_back(std::to_string(decision.finding.task.process.tgid) + " " + word);
    }
    return lines;
  }

  Scenario& after(Duration duration) {
    now_ += duration;
    return *this;
  }
  Scenario& at(Instant now) {
    now_ = now;
    return *this;
  }
  Policy& policy() { return policy_; }
  Surroundings& surroundings() { return surroundings_; }
  // How often enforcement has suspended itself.
  [[nodiscard]] unsigned suspensions() const { return suspensions_; }
  Scenario& reload() {
    ledger_.resume();
    return *this;
  }
  Scenario& restart() {
    ledger_ = Ledger{ledger_.state(), now_};
    return *this;
  }
  Ledger& ledger() { return ledger_; }
  void actions_end_in(OutcomeKind kind) { outcome_ = kind; }
  void dry_runs_end_in(OutcomeKind kind) { dry_outcome_ = kind; }

 private:
  Policy policy_;
  Ledger ledger_;
  Surroundings surroundings_{900, {800, 700}, true, {}};
  unsigned suspensions_ = 0;
  Instant now_ = test_now;
  OutcomeKind outcome_ = OutcomeKind::done;
  OutcomeKind dry_outcome_ = OutcomeKind::dry_run;
};

using Told = std::vector<std::string>;

}  // namespace wedged::test
