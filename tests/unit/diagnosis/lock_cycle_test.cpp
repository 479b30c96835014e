// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found_in;
using test::only_finding_in;
using test::Scene;
using test::tids_of;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t mutex = 0x7f0000001000;

// Thread `tid` of process 10 waits for a mutex that `owner` has.
test::TaskBuilder waiter(int tid, int owner, Duration waiting = 14s) {
  auto builder = a_thread().of_process(10);
  if (tid != 10) builder.thread(tid);
  return builder.for_(waiting).waiting_in_mutex(mutex + static_cast<std::uint64_t>(owner) * 64, owner);
}

std::vector<Task> ring(int first, int length) {
  std::vector<Task> threads;
  for (int at = 0; at < length; ++at) threads.push_back(waiter(first + at, first + (at + 1) % length));
  return threads;
}

TEST(LockCycle, of_two_is_one_finding_with_both) {
  const auto finding = only_finding_in(ring(10, 2));
  EXPECT_EQ(finding.key.cause, Cause::lock_cycle);
  EXPECT_EQ(finding.key.task.tid, 10);
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10, 11));
  EXPECT_TRUE(finding.victims.empty());
  EXPECT_THAT(finding.summary,
              HasSubstr("2 threads of victim[10] wait for each other in a cycle: 10 -> 11 -> 10"));
  EXPECT_EQ(finding.evidence.size(), 2U);
}

TEST(LockCycle, of_five_has_all_five) {
  EXPECT_THAT(tids_of(only_finding_in(ring(10, 5)).threads), ElementsAre(10, 11, 12, 13, 14));
}

TEST(LockCycle, one_member_over_the_threshold_is_enough_and_gives_the_times) {
  const auto finding = only_finding_in(Scene({waiter(10, 11, 3s), waiter(11, 10, 10001ms)}));
  EXPECT_EQ(finding.lasted, 10001ms);
  EXPECT_EQ(finding.since, test::test_now - 10001ms);
  EXPECT_TRUE(found_in(Scene({waiter(10, 11, 3s), waiter(11, 10, 10s)})).empty());
}

TEST(LockCycle, a_member_with_a_timeout_breaks_it) {
  EXPECT_TRUE(found_in(Scene({waiter(10, 11).with_timeout(), waiter(11, 10)})).empty());
}

TEST(LockCycle, a_member_that_moved_on_breaks_it) {
  EXPECT_TRUE(found_in(Scene({waiter(10, 11).switches(1), waiter(11, 10)}),
                       Scene({waiter(10, 11).switches(2), waiter(11, 10)}))
                  .empty());
}

TEST(LockCycle, a_member_that_runs_breaks_it) {
  EXPECT_TRUE(found_in(Scene({waiter(10, 11).running(), waiter(11, 10)})).empty());
}

TEST(LockCycle, a_recursive_mutex_closes_it_as_well) {
  EXPECT_EQ(only_finding_in(
                Scene({a_thread().of_process(10).for_(14s).waiting_in_mutex(mutex, 11, 1), waiter(11, 10)}))
                .key.cause,
            Cause::lock_cycle);
}

// Process 10 waits in the kernel for its child 20, which waits for a shared mutex that `owner` has.
std::vector<Task> parent_and_child(int owner) {
  Task parent = a_thread().of_process(10).in_call(SYS_wait4).for_(14s);
  parent.call->arguments = {20, 0, 0, 0, 0, 0};
  Task child = a_thread().of_process(20).for_(14s).waiting_in_mutex(mutex, owner);
  (*child.call->arguments)[1] = FUTEX_WAIT;
  child.parent_tgid = 10;
  return {parent, child};
}

TEST(LockCycle, a_wait_in_the_kernel_for_a_child_may_close_it) {
  const auto finding = only_finding_in(parent_and_child(10));
  EXPECT_EQ(finding.key.cause, Cause::lock_cycle);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10, 20));
}

TEST(LockCycle, a_child_with_another_thread_may_end_all_the_same) {
  auto threads = parent_and_child(10);
  threads.push_back(a_thread().of_process(20).thread(21));
  EXPECT_TRUE(found_in(threads).empty());
}

TEST(LockCycle, a_process_that_is_no_child_is_not_the_one_waited_for) {
  auto threads = parent_and_child(10);
  threads[1].parent_tgid = 11;
  EXPECT_TRUE(found_in(threads).empty());
}

TEST(LockCycle, the_end_of_a_thread_is_waited_for_like_a_lock) {
  const auto finding =
      only_finding_in(Scene({a_thread().of_process(10).for_(14s).joining(11), waiter(11, 10)}));
  EXPECT_EQ(finding.key.cause, Cause::lock_cycle);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10, 11));
}

TEST(LockCycle, two_threads_that_join_each_other_are_one) {
  EXPECT_EQ(only_finding_in(Scene({a_thread().of_process(10).for_(14s).joining(11),
                                   a_thread().of_process(10).thread(11).for_(14s).joining(10)}))
                .key.cause,
            Cause::lock_cycle);
}

Task shared_waiter(int process, int owner) {
  return a_thread()
      .of_process(process)
      .for_(14s)
      .in_futex(mutex, 2, FUTEX_WAIT)
      .in_function("pthread_mutex_lock")
      .with_memory(test::a_mutex(mutex, owner, 0x80));
}

TEST(LockCycle, across_two_processes_is_one_finding) {
  const auto finding = only_finding_in(Scene({shared_waiter(10, 20), shared_waiter(20, 10)}));
  EXPECT_EQ(finding.key.cause, Cause::lock_cycle);
  EXPECT_EQ(finding.certainty, Certainty::likely)
      << "an id of another PID namespace would mean somebody else";
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10, 20));
  EXPECT_THAT(finding.evidence.back(), HasSubstr("PID namespace the id in it means"));
  EXPECT_THAT(finding.summary, HasSubstr("and others"));
}

TEST(LockCycle, the_same_numbers_in_another_namespace_close_no_cycle) {
  Task other = shared_waiter(20, 10);
  other.pid_namespace = 77;
  other.namespace_tid = 20;
  EXPECT_TRUE(found_in(Scene({shared_waiter(10, 20), other})).empty());
}

TEST(LockCycle, who_leads_into_it_is_a_victim_and_no_member) {
  auto threads = ring(11, 3);
  threads.push_back(waiter(10, 12));
  const auto finding = only_finding_in(threads);
  EXPECT_EQ(finding.key.task.tid, 11);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(11, 12, 13));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(10));
}

TEST(LockCycle, two_separate_ones_are_two_findings) {
  auto threads = ring(10, 2);
  for (const auto& thread : ring(20, 3)) threads.push_back(thread);
  const auto findings = found_in(threads);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_THAT(tids_of(findings[0].threads), ElementsAre(10, 11));
  EXPECT_THAT(tids_of(findings[1].threads), ElementsAre(20, 21, 22));
}

TEST(LockCycle, a_long_one_is_told_in_part_and_listed_as_a_whole) {
  const auto finding = only_finding_in(ring(10, 40));
  EXPECT_EQ(finding.threads.size(), 40U);
  EXPECT_EQ(finding.evidence.size(), 8U);
  EXPECT_THAT(finding.summary, HasSubstr("10 -> 11 -> 12 -> 13 -> 14 -> 15 -> ... -> 10"));
}

TEST(LockCycle, is_not_said_where_the_owner_is_not_known) {
  EXPECT_TRUE(found_in(Scene(ring(10, 2)).without_ids()).empty());
  EXPECT_TRUE(found_in(Scene({waiter(10, 11), waiter(11, 0)}).incomplete()).empty());
  auto threads = ring(10, 2);
  threads[1].user_side.reset();
  EXPECT_TRUE(found_in(Scene(threads).incomplete()).empty());
}

}  // namespace
}  // namespace wedged
