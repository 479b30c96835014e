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
  outcome.kind = kind;
  outcome.at = at;
  return outcome;
}

const ProcessId process_10{10, 1'000'000};

TEST(Ledger, a_new_one_knows_nothing) {
  const Ledger ledger;
  EXPECT_FALSE(ledger.climb_of("r", process_10));
  EXPECT_FALSE(ledger.in_grace(process_10, test_now));
  EXPECT_EQ(ledger.actions_since(Instant{}), 0U);
  EXPECT_FALSE(ledger.last_action());
  EXPECT_FALSE(ledger.last_action("r"));
}

TEST(Ledger, outcomes_that_did_nothing_leave_no_trace) {
  Ledger ledger;
  ledger.record(outcome(stuck(10), term(), test_now, OutcomeKind::changed));
  ledger.record(outcome(stuck(10), term(), test_now, OutcomeKind::gone));
  EXPECT_FALSE(ledger.climb_of("r", process_10));
  EXPECT_FALSE(ledger.last_action());
}

TEST(Ledger, signals_are_actions_whether_done_failed_or_dry) {
  Ledger ledger;
  for (const OutcomeKind kind : {OutcomeKind::done, OutcomeKind::failed, OutcomeKind::dry_run}) {
    ledger.record(outcome(stuck(10), term(), test_now, kind));
  }
  EXPECT_EQ(ledger.actions_since("r", test_now - 1ns), 3U);
  EXPECT_EQ(ledger.actions_since("r", test_now), 0U);
  EXPECT_EQ(ledger.actions_since("other", test_now - 1ns), 0U);
  EXPECT_EQ(ledger.actions_since(test_now - 1ns), 3U);
  EXPECT_EQ(ledger.last_action("r"), test_now);
  EXPECT_FALSE(ledger.last_action("other"));
}

TEST(Ledger, a_log_line_is_a_rung_and_no_action) {
  Ledger ledger;
  ledger.record(outcome(stuck(10), log_line(), test_now));
  ASSERT_TRUE(ledger.climb_of("r", process_10));
  EXPECT_FALSE(ledger.climb_of("r", process_10)->signalled);
  EXPECT_EQ(ledger.actions_since(Instant{}), 0U);
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
  EXPECT_TRUE(ledger.last_action("r")) << "the cool-down is longer than the window";
  ledger.forget({}, policy, test_now + 1h + 1ns);
  EXPECT_FALSE(ledger.last_action("r"));
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
  EXPECT_LE(scenario.ledger().actions_since(Instant{}), 2U);
}

}  // namespace
}  // namespace wedged
