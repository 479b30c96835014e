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
using test::TaskBuilder;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

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

// The evidence of one thread, without its id and state.
std::string obstacle_of(const Task& task) {
  const auto findings = only(Cause::unkillable, found_unchanged(task));
  if (findings.size() != 1) return {};
  const auto& words = findings[0].evidence.at(1);
  const auto state = words.find("), ");  // of "D (disk sleep), "; "frozen" has no letter
  return words.substr(state == std::string::npos ? words.find(", ", words.find(", ") + 1) + 2 : state + 3);
}

TaskBuilder killed(RunState state) {
  return a_thread().in_call(SYS_read).for_(60s).state(state).kill_pending_for(30s);
}

TEST(Unkillable, says_why_the_signal_does_not_reach_each_thread) {
  Task exiting = a_thread().thread(4244).running().kill_pending_for(30s);
  exiting.exiting = true;
  const std::vector<Task> tasks{a_thread().in_d_state().for_(60s).kill_pending_for(30s), exiting};
  const auto findings = only(Cause::unkillable, found(tasks, tasks));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("no signal ends the wait: it waits for")));
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("is already exiting, and runs in the kernel")));
}

TEST(Unkillable, a_sleeper_says_what_it_waits_for) {
  EXPECT_THAT(obstacle_of(killed(RunState::killable)),
              StartsWith("sleeps where SIGKILL ends the wait, and has not come back yet: it waits for"));
  EXPECT_THAT(obstacle_of(killed(RunState::idle)), HasSubstr("where no signal ends the wait: it waits for"));
  EXPECT_THAT(obstacle_of(killed(RunState::sleeping)),
              StartsWith("sleeps, and does not look at its signals: it waits for"));
}

TEST(Unkillable, who_runs_has_not_come_to_its_signals_or_gets_no_cpu) {
  EXPECT_EQ(obstacle_of(killed(RunState::running)),
            "runs in the kernel, in read, and has not come to its signals");
  EXPECT_THAT(obstacle_of(killed(RunState::running).runnable_for(5s)),
              StartsWith("is ready to run, and has got no CPU"));
  Task throttled = killed(RunState::running).runnable_for(5s);
  throttled.scheduling.throttled = true;
  EXPECT_THAT(obstacle_of(throttled), HasSubstr("quota (cpu.max)"));
}

TEST(Unkillable, the_stopped_die_soon_but_not_all_of_them) {
  EXPECT_THAT(obstacle_of(killed(RunState::stopped)), HasSubstr("which SIGKILL ends: it is about to die"));
  EXPECT_THAT(obstacle_of(killed(RunState::sleeping).frozen_by_cgroup()), HasSubstr("it is about to die"));
  EXPECT_EQ(obstacle_of(killed(RunState::frozen)), "is frozen, and no signal reaches it before it is thawed");
}

TEST(Unkillable, who_exits_may_wait_for_its_tracer_or_for_its_namespace) {
  Task traced = killed(RunState::traced).traced_by(77);
  traced.exiting = true;
  EXPECT_EQ(obstacle_of(traced), "is already exiting, and waits there for its tracer, process 77");
  Task init = killed(RunState::sleeping);
  init.exiting = true;
  init.details->kernel_stack = {"schedule+0x5e/0xd0", "zap_pid_ns_processes+0x114/0x190",
                                "do_exit+0x9e4/0xab0"};
  EXPECT_EQ(obstacle_of(init),
            "is already exiting, and waits until every process of its PID namespace has ended");
}

TEST(Unkillable, a_summary_of_who_runs_says_so) {
  const auto findings = only(Cause::unkillable, found_unchanged(killed(RunState::running)));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, HasSubstr("still exists: it runs in the kernel, in read"));
  EXPECT_EQ(findings[0].threads[0].waits_for, "nothing: it runs");
}

TEST(Unkillable, evidence_of_a_thousand_threads_is_bounded) {
  std::vector<Task> tasks;
  for (int tid = 5000; tid < 6000; ++tid)
    tasks.push_back(a_thread().thread(tid).in_d_state().for_(5s).kill_pending_for(30s));
  const auto findings = found(tasks, tasks);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_LT(findings[0].evidence.size(), 12U);
  EXPECT_EQ(findings[0].evidence.back(), "992 more threads");
  EXPECT_EQ(findings[0].threads.size(), 1000U);
}

}  // namespace
}  // namespace wedged
