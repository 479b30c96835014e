// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/diagnose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found_in;
using test::Scene;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t mutex = 0x7f0000001000;

Task orphan(int process) {
  return a_thread().of_process(process).for_(14s).waiting_in_mutex(mutex, 6);
}

Task inheritor(int process) {
  Task task = orphan(process);
  task.forked_without_exec = true;
  task.forked_from_threads = true;
  return task;
}

std::vector<std::pair<Cause, int>> told(const std::vector<Finding>& findings) {
  std::vector<std::pair<Cause, int>> causes;
  for (const auto& finding : findings) causes.emplace_back(finding.key.cause, finding.task.id.tgid);
  return causes;
}

TEST(Diagnose, an_inherited_lock_hides_the_dead_owner_of_its_process_alone) {
  EXPECT_THAT(told(found_in(Scene({inheritor(10), orphan(20)}))),
              ElementsAre(std::pair{Cause::dead_owner, 20}, std::pair{Cause::fork_inherited_lock, 10}));
}

TEST(Diagnose, a_dead_owner_stands_where_the_fork_explains_nothing) {
  const Task busy = a_thread().of_process(10).thread(11).running();
  EXPECT_THAT(told(found_in(Scene({inheritor(10), busy}))), ElementsAre(std::pair{Cause::dead_owner, 10}));
}

TEST(Diagnose, findings_are_sorted_and_have_advice_and_threads) {
  const auto findings = found_in(
      Scene({orphan(30), inheritor(20), orphan(10), a_thread().of_process(5).for_(60s).in_d_state()}));
  ASSERT_THAT(findings, SizeIs(4));
  EXPECT_TRUE(std::is_sorted(findings.begin(), findings.end(),
                             [](const Finding& a, const Finding& b) { return a.key < b.key; }));
  EXPECT_THAT(findings, Each(Field(&Finding::advice, Not(testing::IsEmpty()))));
  EXPECT_THAT(findings, Each(Field(&Finding::threads, Not(testing::IsEmpty()))));
}

TEST(Diagnose, only_the_task_that_a_finding_is_about_is_told_with_its_stacks) {
  std::vector<Task> waiting;
  for (const int tid : {11, 12, 13}) {
    Task task = a_thread().of_process(10).thread(tid).for_(60s).in_d_state().in_function("fsync", "libc");
    task.details->kernel_stack = {"jbd2_log_wait_commit+0x42/0x70"};
    waiting.push_back(task);
  }
  const auto findings = found_in(Scene(waiting));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_TRUE(findings[0].task.user_side);
  EXPECT_THAT(findings[0].task.details->kernel_stack, SizeIs(1));
  ASSERT_THAT(findings[0].threads, SizeIs(3));
  for (const auto& thread : findings[0].threads) {
    EXPECT_FALSE(thread.task.user_side);
    EXPECT_THAT(thread.task.details->kernel_stack, testing::IsEmpty());
    EXPECT_EQ(thread.waits_for, "the kernel in jbd2_log_wait_commit");
  }
}

TEST(Diagnose, a_configured_threshold_holds_for_every_lock) {
  Thresholds thresholds;
  thresholds.lock_wait = 20s;
  const Scene scene({inheritor(10), orphan(20)});
  EXPECT_THAT(diagnose(test::changes_in(scene, scene), thresholds), SizeIs(0));
  thresholds.lock_wait = 13s;
  EXPECT_THAT(diagnose(test::changes_in(scene, scene), thresholds), SizeIs(2));
}

TEST(Diagnose, a_healthy_busy_process_has_no_finding) {
  const auto idle = [](int tid) { return a_thread().of_process(10).thread(tid).for_(24h); };
  EXPECT_THAT(found_in(Scene({a_thread().of_process(10).for_(24h).in_call(SYS_epoll_wait),
                              idle(11).waiting_for_condition(mutex), idle(12).waiting_for_condition(mutex),
                              idle(13).in_call(SYS_nanosleep), idle(14).running(),
                              idle(15).for_(1ms).waiting_in_mutex(mutex, 14)})),
              SizeIs(0));
}

}  // namespace
}  // namespace wedged
