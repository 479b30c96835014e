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
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t mutex = 0x7f0000001000;

Task forked(Task task, std::optional<bool> from_threads = true) {
  task.forked_without_exec = true;
  task.forked_from_threads = from_threads;
  task.parent_tgid = 5;
  return task;
}

// In a lock inside the C library, as a child that calls malloc has it.
test::TaskBuilder in_plain_lock(Duration waiting = 14s) {
  return a_thread()
      .of_process(10)
      .for_(waiting)
      .in_futex(mutex, 2)
      .in_function("__lll_lock_wait_private")
      .in_function("malloc");
}

test::TaskBuilder in_parents_mutex(Duration waiting = 14s) {
  return a_thread().of_process(10).for_(waiting).waiting_in_mutex(mutex, 6);
}

Certainty certainty_of(const Task& task) {
  return only_finding_in(Scene({task})).certainty;
}

TEST(ForkInheritedLock, of_the_c_library_is_certain_where_the_fork_was_seen) {
  const auto finding = only_finding_in(Scene({forked(in_plain_lock(10001ms))}));
  EXPECT_EQ(finding.key, (FindingKey{Cause::fork_inherited_lock, {10, 10, 1'000'000}}));
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_EQ(finding.lasted, 10001ms);
  EXPECT_THAT(finding.summary, HasSubstr("in malloc"));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("its parent had several threads")));
  EXPECT_THAT(finding.chain.back().detail, HasSubstr("process 5"));
}

TEST(ForkInheritedLock, does_not_fire_at_the_threshold) {
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock(10s))})).empty());
}

TEST(ForkInheritedLock, a_wait_that_ends_by_itself_is_none) {
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock().with_timeout())})).empty());
}

TEST(ForkInheritedLock, a_thread_that_moved_on_has_recovered) {
  EXPECT_TRUE(
      found_in(Scene({forked(in_plain_lock().switches(1))}), Scene({forked(in_plain_lock().switches(2))}))
          .empty());
}

TEST(ForkInheritedLock, a_mutex_of_the_parents_thread_is_this_and_no_dead_owner) {
  const auto finding = only_finding_in(Scene({forked(in_parents_mutex())}));
  EXPECT_EQ(finding.key.cause, Cause::fork_inherited_lock);
  EXPECT_EQ(finding.certainty, Certainty::certain);
}

TEST(ForkInheritedLock, a_parents_thread_of_that_id_is_not_the_owner_here) {
  const auto findings = found_in(Scene({forked(in_parents_mutex()), a_thread().of_process(5).thread(6)}));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, Cause::fork_inherited_lock);
}

TEST(ForkInheritedLock, certainty_follows_what_is_known_of_the_parent) {
  EXPECT_EQ(certainty_of(forked(in_plain_lock(), std::nullopt)), Certainty::possible);
  EXPECT_EQ(certainty_of(forked(in_parents_mutex(), std::nullopt)), Certainty::likely);
  auto task = forked(in_plain_lock(), std::nullopt);
  task.details->parent_threads = 1;
  EXPECT_EQ(certainty_of(task), Certainty::possible);
  task.details->parent_threads = 2;
  EXPECT_EQ(certainty_of(task), Certainty::likely);
}

TEST(ForkInheritedLock, never_after_exec_nor_from_a_parent_of_one_thread) {
  Task task = forked(in_plain_lock());
  task.forked_without_exec = false;
  EXPECT_TRUE(found_in(Scene({task})).empty());
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock(), false)})).empty());
}

TEST(ForkInheritedLock, never_in_memory_that_is_the_parents_too) {
  for (const Task& task : {forked(in_plain_lock(), std::nullopt), forked(in_parents_mutex(), std::nullopt)}) {
    Task lent = task;
    lent.shares_memory = true;
    EXPECT_TRUE(found_in(Scene({lent})).empty());
    EXPECT_FALSE(found_in(Scene({task})).empty());
  }
}

TEST(ForkInheritedLock, never_where_a_thread_of_the_process_has_the_lock) {
  const Task owner =
      a_thread().of_process(10).thread(6).for_(14s).in_futex(mutex + 64, 2).in_function("malloc");
  for (const auto& finding : found_in(Scene({forked(in_parents_mutex()), owner})))
    EXPECT_NE(finding.key.cause, Cause::fork_inherited_lock);
}

TEST(ForkInheritedLock, one_thread_that_waits_for_something_else_ends_the_suspicion) {
  const auto second = [] { return a_thread().of_process(10).thread(11).for_(14s); };
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock()), second().waiting_for_condition(mutex + 64)})).empty());
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock()), second().in_call(SYS_epoll_wait)})).empty());
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock()), second().running()})).empty());
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock()), second()
                                                           .in_futex(mutex, 2)
                                                           .for_(3s)
                                                           .in_function("__lll_lock_wait_private")
                                                           .in_function("malloc")}))
                  .empty());
  const auto finding = only_finding_in(
      Scene({forked(in_plain_lock()),
             second().in_futex(mutex, 2).in_function("__lll_lock_wait_private").in_function("malloc")}));
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10, 11));
}

TEST(ForkInheritedLock, a_shared_lock_is_another_processs_to_release) {
  EXPECT_TRUE(
      found_in(
          Scene({forked(
              a_thread().of_process(10).for_(14s).in_futex(mutex, 2, FUTEX_WAIT).in_function("sem_open"))}))
          .empty());
}

TEST(ForkInheritedLock, a_semaphore_or_condition_may_be_posted_by_a_signal_handler) {
  EXPECT_TRUE(found_in(Scene({forked(a_thread()
                                         .of_process(10)
                                         .for_(14s)
                                         .in_futex(mutex, 0, FUTEX_WAIT_BITSET_PRIVATE)
                                         .in_function("__new_sem_wait_slow64.constprop.0"))}))
                  .empty());
  EXPECT_TRUE(
      found_in(Scene({forked(a_thread().of_process(10).for_(14s).waiting_for_condition(mutex))})).empty());
}

TEST(ForkInheritedLock, is_not_said_where_facts_are_missing) {
  EXPECT_TRUE(found_in(Scene({forked(in_plain_lock())}).incomplete()).empty());
  Task task = forked(in_plain_lock());
  task.user_side.reset();
  EXPECT_TRUE(found_in(Scene({task})).empty());
  task = forked(in_parents_mutex());
  EXPECT_TRUE(found_in(Scene({task}).without_ids()).empty());
}

}  // namespace
}  // namespace wedged
