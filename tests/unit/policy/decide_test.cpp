// SPDX-License-Identifier: Apache-2.0
#include "policy/decide.h"

#include <gtest/gtest.h>

#include "scenario.h"

namespace wedged {
namespace {

using namespace test;

TEST(Decide, without_rules_nothing_is_decided) {
  EXPECT_EQ(Scenario{enforcing({})}.told({stuck(10)}), Told{});
}

TEST(Decide, a_finding_no_rule_matches_is_no_decision) {
  Rule rule = a_rule("r", {term()});
  rule.match.lasting = 2min;
  EXPECT_EQ(Scenario{enforcing({rule})}.told({stuck(10).lasting(119s)}), Told{});
  EXPECT_EQ(Scenario{enforcing({rule})}.told({stuck(10).lasting(2h).certainty(Certainty::possible)}), Told{});
  EXPECT_EQ(Scenario{enforcing({rule})}.told({stuck(10).lasting(2min)}), Told{"10 SIGTERM"});
}

TEST(Decide, a_decision_carries_all_that_led_to_it) {
  const auto decisions = Scenario{enforcing({a_rule("r", {term(7s)})})}.scan({stuck(10)});
  ASSERT_EQ(decisions.size(), 1U);
  const Decision& decision = decisions[0];
  EXPECT_EQ(decision.finding.task.process.tgid, 10);
  EXPECT_EQ(decision.rule, "r");
  EXPECT_EQ(decision.rung, term(7s));
  EXPECT_EQ(decision.rung_number, 0U);
  EXPECT_EQ(decision.verdict, Verdict::act);
  EXPECT_EQ(decision.refusal, Refusal::none);
  EXPECT_EQ(decision.reason, "uninterruptible_wait (likely) for 60 s: step 1 of 1 of rule r");
}

TEST(Decide, the_first_rule_that_matches_counts) {
  Rule never = a_rule("never", {kill_9()});
  never.match.comm = {"other"};
  Scenario scenario{enforcing({never, a_rule("first", {log_line()}), a_rule("second", {kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1h).told({stuck(10)}), Told{}) << "the second rule is not reached";
}

TEST(Decide, a_ladder_is_climbed_after_each_grace_and_then_nothing_more_is_done) {
  Scenario scenario{enforcing({a_rule("r", {log_line(2s), term(5s), kill_9(5s)})})};
  const Finding finding = stuck(10);
  EXPECT_EQ(scenario.told({finding}), Told{"10 log"});
  EXPECT_EQ(scenario.after(2s - 1ns).told({finding}), Told{});
  EXPECT_EQ(scenario.after(1ns).told({finding}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(4s).told({finding}), Told{});
  EXPECT_EQ(scenario.after(1s).told({finding}), Told{"10 SIGKILL"});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(scenario.after(1s).told({finding}), Told{});
}

TEST(Decide, a_finding_that_ends_ends_the_ladder_once_the_grace_is_over) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1s).told({}), Told{});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{}) << "stuck again within the grace";
  EXPECT_EQ(scenario.after(3s).told({}), Told{});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"}) << "a new ladder";
}

TEST(Decide, a_new_process_with_the_same_id_begins_its_own_ladder) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  const Finding reborn = a_finding().of(a_thread().of_process(10, 2'000'000));
  EXPECT_EQ(scenario.after(5s).told({reborn}), Told{"10 SIGTERM"});
}

TEST(Decide, a_process_is_decided_about_once_for_all_its_threads) {
  std::vector<Finding> open;
  for (int tid = 10; tid < 15; ++tid) open.push_back(a_finding().of(a_thread().of_process(10).thread(tid)));
  Scenario scenario{enforcing({a_rule("r", {term(), kill_9()})})};
  EXPECT_EQ(scenario.told(open), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1s).told(open), Told{});
  EXPECT_EQ(scenario.after(4s).told(open), Told{"10 SIGKILL"});
}

TEST(Decide, the_surest_and_then_the_longest_finding_speaks_for_its_process) {
  const Finding likely = a_finding().of(a_thread().thread(11)).lasting(2h);
  const Finding certain = a_finding().of(a_thread().thread(12)).certainty(Certainty::certain).lasting(20s);
  const Finding longer = a_finding().of(a_thread().thread(13)).certainty(Certainty::certain).lasting(30s);
  std::vector<Finding> open{likely, certain, longer};
  std::sort(open.begin(), open.end(),
            [](const auto& left, const auto& right) { return left.key < right.key; });
  do {
    const auto decisions = Scenario{enforcing({a_rule("r", {term()})})}.scan(open);
    ASSERT_EQ(decisions.size(), 1U);
    EXPECT_EQ(decisions[0].finding.key, longer.key);
  } while (std::next_permutation(open.begin(), open.end(),
                                 [](const auto& left, const auto& right) { return left.key < right.key; }));
}

TEST(Decide, a_ladder_at_its_end_makes_room_for_the_next_finding) {
  Rule notice = a_rule("notice", {log_line()});
  notice.match.causes = {Cause::unkillable};
  const Finding unkillable = stuck(10).cause(Cause::unkillable).certainty(Certainty::certain);
  Scenario scenario{enforcing({notice, a_rule("end", {term()})})};
  EXPECT_EQ(scenario.told({stuck(10), unkillable}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10), unkillable}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1h).told({stuck(10), unkillable}), Told{});
}

TEST(Decide, the_grace_of_one_rule_holds_for_all_rules) {
  Rule waits = a_rule("waits", {term(30s)});
  waits.match.causes = {Cause::uninterruptible_wait};
  Rule kills = a_rule("kills", {kill_9()});
  kills.match.causes = {Cause::unkillable};
  const Finding unkillable = stuck(10).cause(Cause::unkillable).certainty(Certainty::certain);
  Scenario scenario{enforcing({waits, kills})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(29s).told({stuck(10), unkillable}), Told{});
  EXPECT_EQ(scenario.after(1s).told({stuck(10), unkillable}), Told{"10 SIGKILL"});
}

TEST(Decide, without_enforcement_the_same_is_told_and_nothing_done) {
  Policy policy = enforcing({a_rule("r", {log_line(1s), term(5s), kill_9()}, {2, 1h, 1min})});
  Scenario enforced{policy};
  policy.enforce = false;
  Scenario dry{policy};
  const std::vector<Finding> open{stuck(10), stuck(11), stuck(12)};
  for (int second = 0; second < 200; ++second) {
    Told expected = enforced.after(1s).told(open);
    for (std::string& line : expected) {
      for (const char* action : {"log", "SIG"}) {
        if (const auto at = line.find(action); at == 3) line.insert(at, "would ");
      }
    }
    EXPECT_EQ(dry.after(1s).told(open), expected);
  }
}

TEST(Decide, a_dry_run_is_no_rung_to_stand_on_once_the_policy_enforces) {
  Policy policy = enforcing({a_rule("r", {term(5s), kill_9()}, {2, 1h, 0s})});
  policy.enforce = false;
  Scenario scenario{policy};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 would SIGTERM"});
  scenario.policy().enforce = true;
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 SIGTERM"})
      << "not SIGKILL, which nobody was warned of";
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 SIGKILL"}) << "the dry run used nothing up";
}

TEST(Decide, what_did_not_happen_is_tried_again) {
  for (const OutcomeKind kind : {OutcomeKind::changed, OutcomeKind::gone}) {
    Scenario scenario{enforcing({a_rule("r", {term(), kill_9()}, {1, 1h, 1h})})};
    scenario.actions_end_in(kind);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"});
  }
}

TEST(Decide, what_failed_is_not_tried_again) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9()}, {2, 1h, 0s})})};
  scenario.actions_end_in(OutcomeKind::failed);
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 SIGKILL"});
  EXPECT_EQ(scenario.after(5s).told({stuck(10), stuck(11)}), Told{"11 rule_limit"});
}

TEST(Decide, a_guarded_process_is_refused_a_signal_and_not_a_log_line) {
  Scenario scenario{enforcing({a_rule("r", {log_line(), term()})})};
  EXPECT_EQ(scenario.told({stuck(1)}), Told{"1 log"});
  EXPECT_EQ(scenario.after(1s).told({stuck(1)}), Told{"1 init_process"});
  EXPECT_EQ(scenario.after(1s).told({stuck(1)}), Told{"1 init_process"});
}

TEST(Decide, a_fact_that_the_rule_asks_for_and_nobody_knows_refuses) {
  Rule rule = a_rule("r", {log_line(), term()});
  rule.match.exe = {"/usr/*"};
  const Finding unknown = a_finding().of(a_thread().exe(""));
  EXPECT_EQ(Scenario{enforcing({rule})}.told({unknown}), Told{"4242 unknown_facts"});
  EXPECT_EQ(Scenario(enforcing({rule, a_rule("next", {kill_9()})})).told({unknown}),
            Told{"4242 unknown_facts"})
      << "nor may a later rule act, since the first might be the one that counts";
}

TEST(Decide, a_refusal_is_told_once_per_finding_rule_and_reason) {
  Scenario scenario{enforcing({a_rule("r", {term()})})};
  const std::vector<Finding> open{stuck(1)};
  const auto first = scenario.scan(open);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_TRUE(scenario.ledger().note_refusal(first[0]));
  EXPECT_FALSE(scenario.ledger().note_refusal(first[0]));
  EXPECT_FALSE(scenario.ledger().note_refusal(scenario.after(1s).scan(open).at(0)));
  Decision other = first[0];
  other.refusal = Refusal::host_limit;
  EXPECT_TRUE(scenario.ledger().note_refusal(other));
  EXPECT_EQ(scenario.after(1s).told({}), Told{});
  EXPECT_TRUE(scenario.ledger().note_refusal(scenario.after(1s).scan(open).at(0)))
      << "it ended, and is stuck anew";
}

TEST(Decide, the_same_arguments_give_the_same_decisions_in_any_order_of_findings) {
  const Policy policy = enforcing({a_rule("r", {term()}, {2, 1h, 0s})});
  std::vector<Finding> open{stuck(10).lasting(10s), stuck(11).lasting(30s), stuck(12).lasting(20s)};
  std::sort(open.begin(), open.end(),
            [](const auto& left, const auto& right) { return left.key < right.key; });
  do {
    EXPECT_EQ(Scenario{policy}.told(open), (Told{"11 SIGTERM", "12 SIGTERM", "10 rule_limit"}));
  } while (std::next_permutation(open.begin(), open.end(),
                                 [](const auto& left, const auto& right) { return left.key < right.key; }));
}

}  // namespace
}  // namespace wedged
