// SPDX-License-Identifier: Apache-2.0
// Policies tried on recordings of real hangs.
#include "policy/rehearsal.h"

#include <gtest/gtest.h>

#include <csignal>

#include "recording/recording.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;

Rung signal_rung(int number, Duration grace) {
  Rung rung;
  rung.action = ActionKind::signal;
  rung.signal_number = number;
  rung.grace = grace;
  return rung;
}

Policy a_policy(const std::set<Cause>& causes, Certainty certainty = Certainty::certain) {
  Rule rule;
  rule.name = "hung";
  rule.match.causes = causes;
  rule.match.at_least = certainty;
  rule.match.lasting = 3s;
  rule.ladder = {signal_rung(SIGTERM, 5s), signal_rung(SIGKILL, 5s)};
  Policy policy;
  policy.enforce = true;
  policy.rules = {rule};
  return policy;
}

Thresholds thresholds() {
  Thresholds all;
  all.lock_wait = 1s;
  return all;
}

RehearsalPlan plan_of(const std::string& file, Duration as_if_for) {
  auto recording = read_recording(WEDGED_REPLAY_FOLDER "/" + file);
  EXPECT_TRUE(recording.ok()) << recording.error().message;
  if (!recording) return {};
  return {std::move(recording->snapshots), recording->interval, 1s, as_if_for};
}

class Rehearsed : public testing::Test {
 protected:
  void SetUp() override {
    if (this_machine != "x86_64") GTEST_SKIP() << "recorded on x86_64";
  }
};

TEST_F(Rehearsed, a_ladder_is_climbed_rung_by_rung_as_its_graces_pass) {
  const auto rehearsal =
      rehearse(a_policy({Cause::self_deadlock}), thresholds(), plan_of("self_deadlock.jsonl", 30s));
  ASSERT_EQ(rehearsal.decisions.size(), 2U);
  const auto& term = rehearsal.decisions[0];
  const auto& kill = rehearsal.decisions[1];
  EXPECT_EQ(term.decision.verdict, Verdict::act);
  EXPECT_EQ(term.decision.rung.signal_number, SIGTERM);
  EXPECT_GE(term.decision.finding.lasted, 3s);
  EXPECT_LT(term.decision.finding.lasted, 5s);
  EXPECT_EQ(kill.decision.rung.signal_number, SIGKILL);
  EXPECT_EQ(kill.at.monotonic - term.at.monotonic, 5s);
  EXPECT_TRUE(term.assumed && kill.assumed);
  ASSERT_EQ(rehearsal.findings.size(), 1U);
  EXPECT_TRUE(rehearsal.findings[0].matched);
}

TEST_F(Rehearsed, a_policy_that_does_not_enforce_runs_dry) {
  auto policy = a_policy({Cause::self_deadlock});
  policy.enforce = false;
  const auto rehearsal = rehearse(policy, thresholds(), plan_of("self_deadlock.jsonl", 30s));
  ASSERT_EQ(rehearsal.decisions.size(), 2U);
  EXPECT_EQ(rehearsal.decisions[0].decision.verdict, Verdict::dry_run);
}

TEST_F(Rehearsed, a_refusal_is_told_once_with_its_reason) {
  auto policy = a_policy({Cause::self_deadlock});
  policy.protect = {"wedged-*"};
  const auto rehearsal = rehearse(policy, thresholds(), plan_of("self_deadlock.jsonl", 30s));
  ASSERT_EQ(rehearsal.decisions.size(), 1U);
  EXPECT_EQ(rehearsal.decisions[0].decision.refusal, Refusal::protected_name);
  EXPECT_FALSE(rehearsal.decisions[0].decision.reason.empty());
}

TEST_F(Rehearsed, without_more_time_the_recorded_scans_alone_are_judged) {
  const auto plan = plan_of("self_deadlock.jsonl", 0s);
  const auto rehearsal = rehearse(a_policy({Cause::self_deadlock}), thresholds(), plan);
  EXPECT_EQ(rehearsal.recorded_scans, plan.snapshots.size());
  EXPECT_EQ(rehearsal.assumed_scans, 0U);
  EXPECT_EQ(rehearsal.end, rehearsal.recorded_until);
  EXPECT_TRUE(rehearsal.decisions.empty());
}

TEST_F(Rehearsed, of_a_finding_that_no_rule_matches_the_nearest_rule_and_its_reasons_are_told) {
  auto policy = a_policy({Cause::stopped}, Certainty::possible);
  policy.rules.push_back(policy.rules[0]);
  policy.rules[1].name = "nearer";
  policy.rules[1].match.causes = {};
  policy.rules[1].match.unit = {"db*.service"};
  policy.rules[0].match.comm = {"postgres"};
  const auto rehearsal = rehearse(policy, thresholds(), plan_of("self_deadlock.jsonl", 10s));
  ASSERT_EQ(rehearsal.findings.size(), 1U);
  EXPECT_FALSE(rehearsal.findings[0].matched);
  ASSERT_TRUE(rehearsal.findings[0].nearest);
  EXPECT_EQ(rehearsal.findings[0].nearest->rule, "nearer");
  ASSERT_EQ(rehearsal.findings[0].nearest->reasons.size(), 1U);
  EXPECT_NE(rehearsal.findings[0].nearest->reasons[0].find("db*.service"), std::string::npos);
}

TEST_F(Rehearsed, a_rule_that_waits_longer_than_was_looked_is_said_to_wait) {
  auto policy = a_policy({Cause::self_deadlock});
  policy.rules[0].match.lasting = 1h;
  const auto rehearsal = rehearse(policy, thresholds(), plan_of("self_deadlock.jsonl", 10s));
  ASSERT_EQ(rehearsal.findings.size(), 1U);
  ASSERT_TRUE(rehearsal.findings[0].nearest);
  ASSERT_EQ(rehearsal.findings[0].nearest->reasons.size(), 1U);
  EXPECT_NE(rehearsal.findings[0].nearest->reasons[0].find("asks for 3600 s"), std::string::npos);
}

TEST_F(Rehearsed, a_loop_that_spins_goes_on_spinning) {
  const auto rehearsal =
      rehearse(a_policy({Cause::event_loop_spin}), thresholds(), plan_of("event_loop_spin.jsonl", 30s));
  ASSERT_EQ(rehearsal.findings.size(), 1U);
  EXPECT_EQ(rehearsal.findings[0].at.monotonic, rehearsal.end.monotonic);
  EXPECT_EQ(rehearsal.decisions.size(), 2U);
}

TEST_F(Rehearsed, nothing_befalls_healthy_processes_however_long_it_goes_on) {
  for (const char* file : {"healthy_lock.jsonl", "healthy_redis.jsonl"}) {
    const auto rehearsal = rehearse(a_policy({}, Certainty::possible), thresholds(), plan_of(file, 120s));
    EXPECT_TRUE(rehearsal.findings.empty()) << file;
    EXPECT_TRUE(rehearsal.decisions.empty()) << file;
  }
}

TEST(Rehearsal, lasts_as_long_as_the_longest_ladder_and_ten_minutes_at_most) {
  auto policy = a_policy({});
  EXPECT_GE(time_of_longest_ladder(policy, {}), 13s + 60s);
  EXPECT_LT(time_of_longest_ladder(policy, {}), 120s);
  policy.rules[0].match.lasting = 1h;
  EXPECT_EQ(time_of_longest_ladder(policy, {}), 10min);
}

TEST(Continued, what_is_told_once_is_not_told_again) {
  Snapshot last;
  last.deaths.emplace_back();
  last.crashes.emplace_back();
  last.voice = KernelVoice{};
  last.voice->oopses.emplace_back();
  const auto next = continued(nullptr, last, 5s);
  EXPECT_TRUE(next.deaths.empty() && next.crashes.empty() && next.voice->oopses.empty());
  EXPECT_EQ(next.taken.monotonic - last.taken.monotonic, 5s);
  EXPECT_EQ(next.taken.wall - last.taken.wall, 5s);
}

TEST(Continued, what_stood_still_stands_still_and_what_counted_counts_on) {
  Snapshot earlier;
  earlier.taken.monotonic = Instant{100s};
  earlier.suspects.resize(2);
  earlier.suspects[0].id.tid = 1;
  earlier.suspects[0].off_cpu_since = Instant{90s};
  earlier.suspects[1].id.tid = 2;
  earlier.suspects[1].switch_count = 10;
  earlier.suspects[1].off_cpu_since = Instant{100s};
  Snapshot last = earlier;
  last.taken.monotonic = Instant{101s};
  last.suspects[0].off_cpu_since = Instant{90s + 1ms};  // reckoned
  last.suspects[1].switch_count = 14;
  last.suspects[1].off_cpu_since = Instant{101s};
  const auto next = continued(&earlier, last, 3s);
  EXPECT_EQ(next.suspects[0], last.suspects[0]);
  EXPECT_EQ(next.suspects[1].switch_count, 26U);
  EXPECT_EQ(next.suspects[1].off_cpu_since, Instant{104s});
}

}  // namespace
}  // namespace wedged
