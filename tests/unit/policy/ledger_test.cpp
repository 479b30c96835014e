// SPDX-License-Identifier: Apache-2.0
#include "policy/ledger.h"

#include <gtest/gtest.h>

#include "scenario.h"

namespace wedged {
namespace {

using namespace test;

Outcome outcome(const Finding& finding, const Rung& rung, Instant at, OutcomeKind kind = OutcomeKind::done) {
  Outcome outcome;
  outcome.decision.finding = finding;
  outcome.decision.rule = "r";
  outcome.decision.rung = rung;
  outcome.decision.verdict = kind == OutcomeKind::dry_run ? Verdict::dry_run : Verdict::act;
  outcome.kind = kind;
  outcome.at = at;
  return outcome;
}

const ProcessId process_10{10, 1'000'000};

TEST(Ledger, a_new_one_knows_nothing) {
  const Ledger ledger;
  EXPECT_FALSE(ledger.climb_of("r", process_10));
  EXPECT_FALSE(ledger.in_grace(process_10, test_now));
  EXPECT_EQ(ledger.state(), LedgerState{});
}

TEST(Ledger, outcomes_that_did_nothing_leave_no_trace) {
  Ledger ledger;
  ledger.record(outcome(stuck(10), term(), test_now, OutcomeKind::changed));
  ledger.record(outcome(stuck(10), term(), test_now, OutcomeKind::gone));
  EXPECT_FALSE(ledger.climb_of("r", process_10));
  EXPECT_EQ(ledger.state(), LedgerState{});
}

TEST(Ledger, signals_are_actions_whether_done_failed_or_dry) {
  Ledger ledger;
  for (const OutcomeKind kind : {OutcomeKind::done, OutcomeKind::failed, OutcomeKind::dry_run}) {
    ledger.record(outcome(stuck(10).unit("db.service"), term(), test_now, kind));
  }
  const auto action = [](bool dry) { return LedgerState::Action{"r", "db.service", test_now, dry}; };
  EXPECT_EQ(ledger.state().actions, (std::deque{action(false), action(false), action(true)}));
}

TEST(Ledger, a_log_line_is_a_rung_and_no_action) {
  Ledger ledger;
  ledger.record(outcome(stuck(10), log_line(), test_now));
  ASSERT_TRUE(ledger.climb_of("r", process_10));
  EXPECT_EQ(ledger.climb_of("r", process_10)->taken, (std::vector{TakenRung{"log", false, false}}));
  EXPECT_TRUE(ledger.state().actions.empty());
}

TEST(Ledger, a_climb_stays_while_any_finding_of_the_process_is_open) {
  const Policy policy = enforcing({a_rule("r", {term()})});
  Ledger ledger;
  ledger.record(outcome(stuck(10), term(0s), test_now));
  ledger.forget({stuck(10).cause(Cause::slow_syscall)}, policy, test_now + 1h);
  EXPECT_TRUE(ledger.climb_of("r", process_10));
  ledger.forget({stuck(11)}, policy, test_now + 1h);
  EXPECT_FALSE(ledger.climb_of("r", process_10));
}

TEST(Ledger, actions_are_kept_as_long_as_a_limit_looks_back) {
  Policy policy = enforcing({a_rule("r", {term()}, {1, 1min, 1h})}, {1, 1min, 1min});
  Ledger ledger;
  ledger.record(outcome(stuck(10), term(), test_now));
  ledger.forget({}, policy, test_now + 1h);
  EXPECT_FALSE(ledger.state().actions.empty()) << "the cool-down is longer than the window";
  ledger.forget({}, policy, test_now + 1h + 1ns);
  EXPECT_TRUE(ledger.state().actions.empty());
}

TEST(Ledger, it_does_not_grow_over_many_scans) {
  Policy policy = enforcing({a_rule("r", {term(1s), kill_9(1s)})});
  Scenario scenario{policy};
  std::size_t actions = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Finding finding =
        a_finding().of(a_thread().of_process(1000 + i % 7, static_cast<std::uint64_t>(i) + 1));
    actions += scenario.after(1s).scan({finding}).size();
  }
  EXPECT_EQ(actions, 10'000U);
  EXPECT_LE(scenario.ledger().state().actions.size(), 2U);
}

TEST(Ledger, a_rung_that_goes_on_holds_back_everything_until_it_has_ended) {
  Ledger ledger;
  ledger.record(outcome(stuck(10), term(5s), test_now, OutcomeKind::started));
  EXPECT_TRUE(ledger.in_grace(process_10, test_now + 1h));
  ledger.record(outcome(stuck(10), term(5s), test_now + 1h, OutcomeKind::timed_out));
  EXPECT_TRUE(ledger.in_grace(process_10, test_now + 1h + 4s)) << "its grace begins when it ends";
  EXPECT_FALSE(ledger.in_grace(process_10, test_now + 1h + 5s));
  EXPECT_EQ(ledger.state().actions.size(), 1U) << "one rung is one action";
}

TEST(Ledger, what_was_guarded_takes_its_rung_and_is_no_action) {
  Ledger ledger;
  ledger.record(outcome(stuck(10), term(), test_now, OutcomeKind::guarded));
  ASSERT_TRUE(ledger.climb_of("r", process_10));
  EXPECT_EQ(ledger.climb_of("r", process_10)->taken, (std::vector{TakenRung{"SIGTERM", false, false}}));
  EXPECT_TRUE(ledger.state().actions.empty());
}

TEST(Ledger, after_a_restart_what_was_running_has_ended_and_its_grace_runs) {
  Ledger before;
  before.record(outcome(stuck(10), term(5s), test_now, OutcomeKind::started));
  const Ledger after{before.state(), test_now + 1s};
  EXPECT_TRUE(after.in_grace(process_10, test_now + 4s));
  EXPECT_FALSE(after.in_grace(process_10, test_now + 5s));
}

TEST(Ledger, after_a_restart_a_ladder_waits_a_minute_for_its_finding) {
  const Policy policy = enforcing({a_rule("r", {term(1s), kill_9()})});
  Ledger before;
  before.record(outcome(stuck(10), term(1s), test_now));
  Ledger after{before.state(), test_now + 2s};
  after.forget({}, policy, test_now + 30s);
  EXPECT_TRUE(after.climb_of("r", process_10));
  after.forget({}, policy, test_now + 63s);
  EXPECT_FALSE(after.climb_of("r", process_10));
}

}  // namespace
}  // namespace wedged
