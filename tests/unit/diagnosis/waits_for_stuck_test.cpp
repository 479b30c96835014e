// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
using testing::IsEmpty;

constexpr std::uint64_t mutex = 0x7f0000001000;

test::TaskBuilder waiter(int tid, int owner, Duration waiting = 14s) {
  return a_thread().of_process(10).thread(tid).for_(waiting).waiting_in_mutex(
      mutex + static_cast<std::uint64_t>(owner) * 64, owner);
}

// The main thread, which hangs on a disk.
Task hanging_holder() {
  return a_thread().of_process(10).for_(60s).in_call(SYS_fsync).in_d_state();
}

TEST(WaitsForStuck, who_waits_for_a_thread_in_d_state_is_its_victim) {
  const auto finding = only_finding_in(Scene({hanging_holder(), waiter(11, 10), waiter(12, 10)}));
  EXPECT_EQ(finding.key.cause, Cause::uninterruptible_wait);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(11, 12));
  EXPECT_EQ(finding.victims[0].waits_for, "normal mutex 0x7f0000001280, held by thread 10 (the main thread)");
}

TEST(WaitsForStuck, victims_of_victims_are_victims_of_the_root) {
  const auto finding =
      only_finding_in(Scene({hanging_holder(), waiter(11, 10), waiter(12, 11), waiter(13, 12)}));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(11, 12, 13));
}

TEST(WaitsForStuck, who_joins_a_stuck_thread_is_its_victim) {
  const Task joiner = a_thread().of_process(10).thread(11).for_(14s).joining(10);
  const auto finding = only_finding_in(Scene({hanging_holder(), joiner}));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(11));
  EXPECT_EQ(finding.victims[0].waits_for, "the end of another thread, which is thread 10 (the main thread)");
}

TEST(WaitsForStuck, a_slow_call_is_no_root) {
  const Task slow = a_thread().of_process(10).for_(2h).in_call(SYS_fsync).running();
  const auto finding = only_finding_in(Scene({slow, waiter(11, 10)}));
  EXPECT_EQ(finding.key.cause, Cause::slow_syscall);
  EXPECT_THAT(finding.victims, IsEmpty());
}

TEST(WaitsForStuck, from_its_first_moment_but_not_with_a_timeout_nor_after_moving_on) {
  const auto victims = [](const Task& before, const Task& now) {
    const auto findings = found_in(Scene({hanging_holder(), before}), Scene({hanging_holder(), now}));
    return findings.at(0).victims.size();
  };
  EXPECT_EQ(victims(waiter(11, 10, 10001ms), waiter(11, 10, 10001ms)), 1U);
  EXPECT_EQ(victims(waiter(11, 10, 1s), waiter(11, 10, 1s)), 1U);
  EXPECT_EQ(victims(waiter(11, 10).with_timeout(), waiter(11, 10).with_timeout()), 0U);
  EXPECT_EQ(victims(waiter(11, 10).switches(1), waiter(11, 10).switches(2)), 0U);
}

TEST(WaitsForStuck, a_holder_that_is_not_stuck_has_no_victims) {
  EXPECT_THAT(found_in(Scene({a_thread().of_process(10).in_call(SYS_epoll_wait), waiter(11, 10)})),
              IsEmpty());
}

TEST(WaitsForStuck, of_a_self_deadlock_are_listed_with_it_and_the_culprit_is_not) {
  const Task culprit = a_thread().of_process(10).for_(14s).waiting_in_mutex(mutex, 10);
  const Task victim = a_thread().of_process(10).thread(11).for_(14s).waiting_in_mutex(mutex, 10);
  const auto finding = only_finding_in(Scene({culprit, victim}));
  EXPECT_EQ(finding.key.cause, Cause::self_deadlock);
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10));
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(11));
}

TEST(WaitsForStuck, of_a_dead_owner_are_behind_who_waits_for_the_dead) {
  const auto finding = only_finding_in(Scene({a_thread().of_process(10), waiter(11, 99), waiter(12, 11)}));
  EXPECT_EQ(finding.key.cause, Cause::dead_owner);
  EXPECT_THAT(tids_of(finding.victims), ElementsAre(12));
}

TEST(WaitsForStuck, each_victim_stands_with_its_own_root) {
  Task second = a_thread().of_process(10).thread(20).for_(60s).in_call(SYS_read).in_d_state();
  const auto findings = found_in(Scene({hanging_holder(), waiter(11, 10), waiter(12, 20), second}));
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_THAT(tids_of(findings[0].victims), ElementsAre(11));
  EXPECT_THAT(tids_of(findings[1].victims), ElementsAre(12));
}

}  // namespace
}  // namespace wedged
