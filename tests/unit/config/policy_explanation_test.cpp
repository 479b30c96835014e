// SPDX-License-Identifier: Apache-2.0
#include "config/policy_explanation.h"

#include <gtest/gtest.h>

#include "policy_texts.h"
#include "problems_of.h"

namespace wedged {
namespace {

using test::rule_with;
using test::settings_of;

std::string explained(const std::string& match, const std::string& ladder, const std::string& rest = "") {
  const Policy policy = settings_of(rule_with(match, ladder) + rest).policy;
  return explain_rule(policy, policy.rules.at(0));
}

const char* const usual_limits = "; at most 5 actions in 10 min, and 1 min of rest after each.";

TEST(PolicyExplanation, a_rule_is_one_sentence) {
  EXPECT_EQ(
      explained(
          "{ cause: [self_deadlock, lock_cycle], certainty: certain, lasting: 30s, unit: 'db*.service' }",
          "[ { signal: TERM, grace: 5s }, { signal: KILL, to: cgroup } ]",
          "      limits: { actions: 3, window: 10m, cool_down: 0s }\n"),
      "x: a process of unit db*.service that is certainly stuck by self_deadlock or lock_cycle for 30 s gets "
      "SIGTERM, after 5 s SIGKILL with its whole cgroup; at most 3 actions in 10 min. (dry run)");
}

TEST(PolicyExplanation, every_key_of_a_match_is_in_it) {
  EXPECT_EQ(
      explained(
          "{ comm: [a, b], exe: /c, unit: d, cgroup: /e, container: 'f:*', pod: 'g*', user: [postgres, 7], "
          "syscall: [fsync, write], device: sda, mount: /h, certainty: possible }",
          "[ { log: true } ]"),
      "x: a process named a or b running /c of unit d in cgroup /e in container f:* of pod g* of user "
      "postgres "
      "(26) or 7 that is possibly stuck or surer by any cause in the call fsync or write on device sda on "
      "mount "
      "/h is logged.");
}

TEST(PolicyExplanation, a_victim_waits_for_one_that_is_stuck) {
  EXPECT_EQ(
      explained("{ role: victim, cause: lock_cycle, lasting: 1m, syscall: futex, mount: /h }",
                "[ { log: true } ]"),
      "x: a process that waits in the call futex for 1 min for one that is likely or certainly stuck by "
      "lock_cycle on mount /h is logged.");
}

TEST(PolicyExplanation, every_kind_of_step_has_its_words) {
  EXPECT_EQ(
      explained("{}",
                "[ { dump: stacks }, { dump: core, grace: 2s }, { signal: TERM, to: group, grace: 0s }, "
                "{ signal: ABRT, to: unit }, { restart_unit: true }, { hook: { command: [/a, b] } }, "
                "{ log: true }, { reboot: sysrq } ]",
                "  enforce: true\n  allow_reboot: true\n"),
      "x: a process that is likely or certainly stuck by any cause has its stacks kept, then has its core "
      "kept, "
      "after 2 s gets SIGTERM with its process group, then SIGABRT with its whole unit, after 5 s has its "
      "unit "
      "restarted, after 30 s is handed to /a (at most 10 s), after 5 s is logged, then makes the host reboot "
      "at "
      "once" +
          std::string{usual_limits});
}

TEST(PolicyExplanation, a_dry_run_says_whose_it_is) {
  const std::string ladder = "[ { signal: KILL } ]";
  const std::string does = "x: a process that is likely or certainly stuck by any cause gets SIGKILL";
  EXPECT_EQ(explained("{}", ladder), does + usual_limits + " (dry run)");
  EXPECT_EQ(explained("{}", ladder, "  enforce: true\n"), does + usual_limits);
  EXPECT_EQ(explained("{}", ladder, "      enforce: false\n  enforce: true\n"),
            does + usual_limits + " (dry run of this rule)");
}

TEST(PolicyExplanation, the_order_of_rules_is_said) {
  Policy policy;
  EXPECT_TRUE(explain_bounds(policy).empty()) << "nothing to order";
  policy.rules.resize(1);
  EXPECT_NE(explain_bounds(policy).at(0).find("the first that matches counts"), std::string::npos);
  policy.order = RuleOrder::all;
  EXPECT_NE(explain_bounds(policy).at(0).find("Every rule that matches counts"), std::string::npos);
}

}  // namespace
}  // namespace wedged
