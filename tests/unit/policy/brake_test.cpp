// SPDX-License-Identifier: Apache-2.0
// The brake, and what else keeps a policy from doing what nobody meant: units, dry rules, a ledger that
// cannot be kept.
#include <gtest/gtest.h>

#include "scenario.h"

namespace wedged {
namespace {

using namespace test;

std::vector<Finding> many(int count, int first = 10) {
  std::vector<Finding> open;
  for (int tgid = first; tgid < first + count; ++tgid) open.push_back(stuck(tgid));
  return open;
}

Policy braked(unsigned decisions, const Limits& limits = no_limits()) {
  Policy policy = enforcing({a_rule("r", {term(5s), kill_9()}, limits)});
  policy.brake = {decisions, 1min};
  return policy;
}

std::size_t count(const std::vector<Decision>& decisions, Refusal refusal) {
  return static_cast<std::size_t>(std::count_if(decisions.begin(), decisions.end(),
                                                [&](const auto& one) { return one.refusal == refusal; }));
}

TEST(Brake, as_many_as_it_allows_are_acted_on) {
  Scenario scenario{braked(3)};
  EXPECT_EQ(count(scenario.scan(many(3)), Refusal::none), 3U);
  EXPECT_EQ(scenario.suspensions(), 0U);
}

TEST(Brake, of_one_more_at_once_nobody_is_touched) {
  Scenario scenario{braked(3)};
  const auto decisions = scenario.scan(many(4));
  EXPECT_EQ(count(decisions, Refusal::brake), 4U);
  EXPECT_EQ(scenario.suspensions(), 1U);
  EXPECT_EQ(
      decisions[0].reason,
      "enforcement is suspended until the configuration is loaded again: 4 processes were to be acted on "
      "within 60 s, more than the brake's 3");
}

TEST(Brake, it_stays_on_and_is_told_once) {
  Scenario scenario{braked(3)};
  scenario.scan(many(4));
  for (int hour = 0; hour < 10; ++hour) EXPECT_EQ(scenario.after(1h).told({stuck(99)}), Told{"99 brake"});
  EXPECT_EQ(scenario.suspensions(), 1U);
}

TEST(Brake, it_stays_on_over_a_restart_and_ends_with_a_reload) {
  Scenario scenario{braked(3)};
  scenario.scan(many(4));
  EXPECT_EQ(scenario.restart().told({stuck(10)}), Told{"10 brake"});
  EXPECT_EQ(scenario.reload().told({stuck(10)}), Told{"10 SIGTERM"});
}

TEST(Brake, one_after_another_they_add_up_within_the_window) {
  Scenario scenario{braked(3)};
  for (int tgid = 10; tgid < 13; ++tgid)
    EXPECT_EQ(scenario.after(10s).told({stuck(tgid)}), Told{std::to_string(tgid) + " SIGTERM"});
  EXPECT_EQ(scenario.after(10s).told({stuck(13)}), Told{"13 brake"});

  Scenario slow{braked(3)};
  for (int tgid = 10; tgid < 30; ++tgid)
    EXPECT_EQ(slow.after(30s).told({stuck(tgid)}), Told{std::to_string(tgid) + " SIGTERM"});
}

TEST(Brake, what_limits_hold_back_counts_as_well) {
  Scenario scenario{braked(3, {1, 1h, 0s})};
  EXPECT_EQ(count(scenario.scan(many(4)), Refusal::brake), 4U) << "not one and three refusals";
}

TEST(Brake, the_same_process_counts_once) {
  Scenario scenario{braked(3, {1, 1h, 0s})};
  for (int scan = 0; scan < 50; ++scan)
    EXPECT_EQ(count(scenario.after(1s).scan(many(3)), Refusal::brake), 0U);
}

TEST(Brake, whom_a_guard_protects_does_not_count) {
  Scenario scenario{braked(3)};
  std::vector<Finding> open = many(3);
  for (int tgid = 20; tgid < 40; ++tgid)
    open.push_back(a_finding().of(a_thread().of_process(tgid).named("sshd")));
  EXPECT_EQ(count(scenario.scan(open), Refusal::none), 3U);
}

TEST(Brake, ladders_that_are_begun_stop_too) {
  Scenario scenario{braked(3)};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(count(scenario.after(10s).scan(many(10)), Refusal::brake), 10U) << "the first is not killed";
}

TEST(Brake, log_lines_and_dumps_go_on) {
  Policy policy = enforcing({a_rule("r", {log_line()})});
  policy.brake = {1, 1min};
  EXPECT_EQ(count(Scenario{policy}.scan(many(10)), Refusal::none), 10U);
}

TEST(Brake, a_dry_run_shows_it) {
  Policy policy = braked(3);
  policy.enforce = false;
  Scenario scenario{policy};
  EXPECT_EQ(count(scenario.scan(many(4)), Refusal::brake), 4U);
}

TEST(UnitLimit, one_unit_is_acted_on_so_often_whatever_the_rule) {
  Policy policy = enforcing({a_rule("a", {term()}), a_rule("b", {term()})});
  policy.rules[0].match.comm = {"a"};
  policy.unit_limits = {2, 10min, 0s};
  Scenario scenario{policy};
  const auto in_db = [](int tgid, const std::string& comm) -> Finding {
    return a_finding().of(a_thread().of_process(tgid).named(comm).in_d_state()).unit("db.service");
  };
  EXPECT_EQ(scenario.told({in_db(10, "a"), in_db(11, "b"), in_db(12, "b")}),
            (Told{"10 SIGTERM", "11 SIGTERM", "12 unit_limit"}));
  EXPECT_EQ(scenario.told({stuck(13).unit("web.service")}), Told{"13 SIGTERM"});
  EXPECT_EQ(scenario.after(9min).restart().told({in_db(12, "b")}), Told{"12 unit_limit"});
  EXPECT_EQ(scenario.after(1min).told({in_db(12, "b")}), Told{"12 SIGTERM"});
}

TEST(DryRule, it_alone_does_nothing_and_spends_nothing_of_the_others) {
  Policy policy = enforcing({a_rule("dry", {term()}), a_rule("real", {term()})}, {1, 10min, 0s});
  policy.rules[0].enforce = false;
  policy.rules[0].match.comm = {"dry"};
  Scenario scenario{policy};
  EXPECT_EQ(scenario.told({a_finding().of(a_thread().of_process(10).named("dry"))}),
            Told{"10 would SIGTERM"});
  EXPECT_EQ(scenario.told({stuck(11)}), Told{"11 SIGTERM"}) << "the host's only action is left";
  EXPECT_EQ(scenario.told({a_finding().of(a_thread().of_process(12).named("dry"))}), Told{"12 host_limit"})
      << "what was done is spent for a dry run, too";
}

TEST(DryRule, it_enforces_no_more_than_the_policy) {
  Policy policy = enforcing({a_rule("r", {term()})});
  policy.enforce = false;
  EXPECT_EQ(Scenario{policy}.told({stuck(10)}), Told{"10 would SIGTERM"});
}

TEST(LedgerLost, nothing_is_done_that_could_be_forgotten) {
  Scenario scenario{enforcing({a_rule("r", {log_line(), term()})})};
  scenario.surroundings().remembers = false;
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 no_ledger"});
  scenario.surroundings().remembers = true;
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"});
}

TEST(RuleOrder, with_all_the_next_rule_begins_when_the_ladder_before_is_at_its_end) {
  Policy policy = enforcing({a_rule("a", {log_line(1s), term(5s)}), a_rule("b", {kill_9()})});
  policy.order = RuleOrder::all;
  Scenario scenario{policy};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(4s).told({stuck(10)}), Told{});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGKILL"});
  EXPECT_EQ(scenario.after(1h).told({stuck(10)}), Told{});
}

}  // namespace
}  // namespace wedged
