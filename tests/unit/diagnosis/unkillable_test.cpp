// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "support.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found;
using test::found_unchanged;

std::vector<Finding> only(Cause cause, std::vector<Finding> findings) {
  std::erase_if(findings, [&](const Finding& finding) { return finding.key.cause != cause; });
  return findings;
}

TEST(Unkillable, fires_once_for_the_process_after_the_threshold) {
  const std::vector<Task> tasks{a_thread().in_d_state().for_(60s).kill_pending_for(11s),
                                a_thread().thread(4243).in_d_state().for_(70s).kill_pending_for(11s)};
  const auto findings = only(Cause::unkillable, found(tasks, tasks));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].certainty, Certainty::certain);
  EXPECT_EQ(findings[0].key.task.tid, 4242);
  EXPECT_EQ(findings[0].task.id.tid, 4243);  // who has waited longest tells most
  EXPECT_EQ(findings[0].threads.size(), 2U);
  EXPECT_EQ(findings[0].lasted, 11s);
}

TEST(Unkillable, does_not_fire_at_the_threshold) {
  EXPECT_TRUE(found_unchanged(a_thread().running().kill_pending_for(10s)).empty());
}

TEST(Unkillable, needs_two_samples) {
  EXPECT_TRUE(found({}, {a_thread().running().kill_pending_for(60s)}).empty());
}

TEST(Unkillable, a_process_that_dumps_core_is_busy_not_stuck) {
  Task task = a_thread().in_d_state().for_(5s).kill_pending_for(60s);
  task.dumping_core = true;
  EXPECT_TRUE(found_unchanged(task).empty());
}

TEST(Unkillable, the_dead_are_not_counted) {
  EXPECT_TRUE(found_unchanged(a_thread().state(RunState::dead).kill_pending_for(60s)).empty());
}

TEST(Unkillable, without_a_signal_nothing_is_unkillable) {
  EXPECT_TRUE(only(Cause::unkillable, found_unchanged(a_thread().in_d_state().for_(1h))).empty());
}

TEST(Unkillable, says_why_the_signal_does_not_reach_each_thread) {
  Task exiting = a_thread().thread(4244).running().kill_pending_for(30s);
  exiting.exiting = true;
  const std::vector<Task> tasks{a_thread().in_d_state().for_(60s).kill_pending_for(30s), exiting};
  const auto findings = only(Cause::unkillable, found(tasks, tasks));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].evidence, testing::Contains(testing::HasSubstr("no signal ends the wait")));
  EXPECT_THAT(findings[0].evidence, testing::Contains(testing::HasSubstr("already exiting")));
}

TEST(Unkillable, evidence_of_a_thousand_threads_is_bounded) {
  std::vector<Task> tasks;
  for (int tid = 5000; tid < 6000; ++tid)
    tasks.push_back(a_thread().thread(tid).in_d_state().for_(5s).kill_pending_for(30s));
  const auto findings = found(tasks, tasks);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_LT(findings[0].evidence.size(), 12U);
  EXPECT_EQ(findings[0].threads.size(), 1000U);
}

}  // namespace
}  // namespace wedged
