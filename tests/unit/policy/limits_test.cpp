// SPDX-License-Identifier: Apache-2.0
// Limits and cool-downs, of one rule and of the host.
#include <gtest/gtest.h>

#include "scenario.h"

namespace wedged {
namespace {

using namespace test;

TEST(Limits, a_rule_acts_so_often_within_its_window) {
  Scenario scenario{enforcing({a_rule("r", {term(0s)}, {2, 10min, 0s})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1min).told({stuck(11)}), Told{"11 SIGTERM"});
  EXPECT_EQ(scenario.after(1min).told({stuck(12)}), Told{"12 rule_limit"});
  EXPECT_EQ(scenario.after(8min - 1ns).told({stuck(12)}), Told{"12 rule_limit"});
  EXPECT_EQ(scenario.after(1ns).told({stuck(12)}), Told{"12 SIGTERM"}) << "the first action left the window";
  EXPECT_EQ(scenario.after(1ns).told({stuck(13)}), Told{"13 rule_limit"});
}

TEST(Limits, within_one_scan_they_hold_as_well) {
  const std::vector<Finding> open{stuck(10), stuck(11), stuck(12)};
  EXPECT_EQ(Scenario(enforcing({a_rule("r", {term()}, {2, 10min, 0s})})).told(open),
            (Told{"10 SIGTERM", "11 SIGTERM", "12 rule_limit"}));
  EXPECT_EQ(Scenario(enforcing({a_rule("r", {term()})}, {2, 10min, 0s})).told(open),
            (Told{"10 SIGTERM", "11 SIGTERM", "12 host_limit"}));
  EXPECT_EQ(Scenario(enforcing({a_rule("r", {term()}, {3, 10min, 1s})})).told(open),
            (Told{"10 SIGTERM", "11 cool_down", "12 cool_down"}));
  EXPECT_EQ(Scenario(enforcing({a_rule("r", {term()})}, {3, 10min, 1s})).told(open),
            (Told{"10 SIGTERM", "11 cool_down", "12 cool_down"}));
}

TEST(Limits, each_signal_of_a_ladder_counts) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9(5s)}, {1, 10min, 0s})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 rule_limit"});
  EXPECT_EQ(scenario.after(10min - 5s).told({stuck(10)}), Told{"10 SIGKILL"});
}

TEST(Limits, a_rule_has_its_own_and_the_host_counts_all) {
  Rule waits = a_rule("waits", {term()}, {1, 10min, 0s});
  waits.match.comm = {"a"};
  Rule others = a_rule("others", {term()}, {5, 10min, 0s});
  Scenario scenario{enforcing({waits, others}, {2, 10min, 0s})};
  const Finding first = a_finding().of(a_thread().of_process(10).named("a"));
  const Finding second = a_finding().of(a_thread().of_process(11).named("a"));
  EXPECT_EQ(scenario.told({first}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1s).told({second}), Told{"11 rule_limit"});
  EXPECT_EQ(scenario.after(1s).told({stuck(12)}), Told{"12 SIGTERM"}) << "by the other rule";
  EXPECT_EQ(scenario.after(1s).told({stuck(13)}), Told{"13 host_limit"});
}

TEST(Limits, another_process_waits_for_the_cool_down_and_the_ladder_begun_does_not) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9(5s)}, {10, 1h, 1min})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(5s).told({stuck(10), stuck(11)}), (Told{"10 SIGKILL", "11 cool_down"}));
  EXPECT_EQ(scenario.after(1min - 1ns).told({stuck(11)}), Told{"11 cool_down"}) << "since the last action";
  EXPECT_EQ(scenario.after(1ns).told({stuck(11)}), Told{"11 SIGTERM"});
}

TEST(Limits, the_host_has_a_cool_down_over_all_rules) {
  Rule first = a_rule("first", {term()});
  first.match.comm = {"a"};
  Scenario scenario{enforcing({first, a_rule("second", {term()})}, {10, 1h, 1min})};
  EXPECT_EQ(scenario.told({a_finding().of(a_thread().of_process(10).named("a"))}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(59s).told({stuck(11)}), Told{"11 cool_down"});
  EXPECT_EQ(scenario.after(1s).told({stuck(11)}), Told{"11 SIGTERM"});
}

TEST(Limits, log_lines_neither_use_them_nor_mind_them) {
  Scenario scenario{enforcing({a_rule("r", {log_line(), term(), log_line()}, {1, 1h, 1h})}, {1, 1h, 1h})};
  EXPECT_EQ(scenario.told({stuck(10), stuck(11)}), (Told{"10 log", "11 log"}));
  EXPECT_EQ(scenario.after(1s).told({stuck(10), stuck(11)}), (Told{"10 SIGTERM", "11 rule_limit"}))
      << "a log line begins no ladder: each first signal minds the limits";
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 log"});
}

TEST(Limits, a_ladder_that_only_logged_is_not_begun) {
  Scenario scenario{enforcing({a_rule("r", {log_line(), term()}, {10, 1h, 1min})})};
  EXPECT_EQ(scenario.told({stuck(10), stuck(11)}), (Told{"10 log", "11 log"}));
  EXPECT_EQ(scenario.after(1s).told({stuck(10), stuck(11)}), (Told{"10 SIGTERM", "11 cool_down"}));
}

TEST(Limits, a_log_line_between_two_signals_does_not_end_the_ladder) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), log_line(), kill_9()}, {10, 1h, 1min})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGKILL"}) << "within the cool-down";
}

TEST(Limits, a_ladder_that_is_begun_comes_before_a_surer_finding) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9()}, {2, 1h, 0s})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  const Finding surer = stuck(11).certainty(Certainty::certain);
  EXPECT_EQ(scenario.after(5s).told({stuck(10), surer}), (Told{"10 SIGKILL", "11 rule_limit"}));
}

TEST(Limits, an_action_in_the_future_is_as_good_as_one_just_now) {
  Scenario scenario{enforcing({a_rule("r", {term(0s), kill_9()}, {2, 10min, 1min})})};
  EXPECT_EQ(scenario.after(1h).told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(-30min).told({stuck(10)}), Told{}) << "its grace is not over before it began";
  EXPECT_EQ(scenario.told({stuck(10), stuck(11)}), Told{"11 cool_down"});
  EXPECT_EQ(scenario.after(30min).told({stuck(10)}), Told{"10 SIGKILL"});
  EXPECT_EQ(scenario.after(-30min).told({stuck(11)}), Told{"11 rule_limit"});
}

TEST(Limits, what_a_rule_did_before_a_reload_counts_after_it) {
  Scenario scenario{enforcing({a_rule("r", {term()}, {1, 1h, 0s})}, {2, 1h, 0s})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  scenario.policy().rules = {a_rule("renamed", {term()}, {5, 1h, 0s})};
  EXPECT_EQ(scenario.after(10s).told({stuck(11), stuck(12)}), (Told{"11 SIGTERM", "12 host_limit"}));
  scenario.policy().rules = {a_rule("r", {term()}, {1, 1h, 0s})};
  scenario.policy().limits = no_limits();
  EXPECT_EQ(scenario.after(10s).told({stuck(13)}), Told{"13 rule_limit"});
}

}  // namespace
}  // namespace wedged
