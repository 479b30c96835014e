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
using test::test_now;
using test::tids_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t mutex = 0x7f0000001000;
constexpr int dead = 15;

test::TaskBuilder orphan(Duration waiting = 14s, std::uint32_t kind = 0) {
  return a_thread().of_process(10).for_(waiting).waiting_in_mutex(mutex, dead, kind);
}

test::TaskBuilder sharer(Duration waiting = 14s, std::uint32_t kind = 0x80) {
  return a_thread()
      .of_process(10)
      .for_(waiting)
      .in_futex(mutex, 2, FUTEX_WAIT)
      .in_function("pthread_mutex_lock")
      .with_memory(test::a_mutex(mutex, dead, kind));
}

std::uint64_t born_at(Instant when) {
  return static_cast<std::uint64_t>(when.time_since_epoch().count());
}

TEST(DeadOwner, fires_after_the_threshold) {
  const auto finding = only_finding_in(orphan(10001ms));
  EXPECT_EQ(finding.key, (FindingKey{Cause::dead_owner, {10, 10, 1'000'000}}));
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_EQ(finding.lasted, 10001ms);
  EXPECT_THAT(finding.summary, HasSubstr("held by thread 15, which no longer exists: nobody can release it"));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("none of the process's 1 threads has that id")));
  EXPECT_EQ(finding.chain.back(), (BlameLink{"held by", "thread 15, which no longer exists"}));
}

TEST(DeadOwner, does_not_fire_at_the_threshold) {
  EXPECT_TRUE(found_in(orphan(10s)).empty());
}

TEST(DeadOwner, a_wait_that_ends_by_itself_is_none) {
  EXPECT_TRUE(found_in(orphan().with_timeout()).empty());
}

TEST(DeadOwner, a_thread_that_moved_on_has_recovered) {
  EXPECT_TRUE(found_in(orphan().switches(5), orphan().switches(6)).empty());
}

TEST(DeadOwner, one_lock_is_one_finding_with_all_who_wait_for_it) {
  const Task second = a_thread().of_process(10).thread(11).for_(20s).waiting_in_mutex(mutex, dead);
  const Task elsewhere = a_thread().of_process(10).thread(12).for_(20s).waiting_in_mutex(mutex + 64, dead);
  const auto findings = found_in(Scene({orphan(), second, elsewhere}));
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].key.task.tid, 11);  // it has waited longest
  EXPECT_THAT(tids_of(findings[0].threads), ElementsAre(10, 11));
  EXPECT_THAT(findings[0].evidence, Contains("2 threads wait for it"));
  EXPECT_THAT(tids_of(findings[1].threads), ElementsAre(12));
}

TEST(DeadOwner, an_owner_may_be_of_another_process_with_the_same_memory) {
  Task lender = orphan();
  Task borrower = a_thread().of_process(20).in_futex(mutex + 64, 2);
  EXPECT_FALSE(found_in(Scene({lender, borrower})).empty());
  borrower.shares_memory = true;
  borrower.parent_tgid = 10;
  EXPECT_TRUE(found_in(Scene({lender, borrower})).empty());
  Task alone = orphan();
  alone.shares_memory = true;
  EXPECT_TRUE(found_in(Scene({alone})).empty());
}

TEST(DeadOwner, an_owner_that_lives_is_not_dead) {
  EXPECT_TRUE(found_in(Scene({orphan(), a_thread().of_process(10).thread(dead)})).empty());
}

TEST(DeadOwner, a_leader_that_has_exited_is_dead) {
  const Task zombie = a_thread().of_process(10).state(RunState::dead);
  const Task waiter = a_thread().of_process(10).thread(11).for_(14s).waiting_in_mutex(mutex, 10);
  EXPECT_EQ(only_finding_in(Scene({zombie, waiter})).certainty, Certainty::certain);
}

TEST(DeadOwner, an_id_that_another_process_has_is_nobody_of_this_one) {
  const auto scene = Scene({orphan(), a_thread().of_process(dead)});
  EXPECT_EQ(only_finding_in(scene).certainty, Certainty::certain);
  EXPECT_TRUE(found_in(scene.incomplete()).empty());
}

TEST(DeadOwner, the_same_number_in_another_namespace_is_not_the_owner) {
  EXPECT_EQ(
      only_finding_in(Scene({orphan(), a_thread().of_process(10).thread(dead).known_as(dead, 99)})).certainty,
      Certainty::certain);
  EXPECT_TRUE(found_in(Scene({orphan(), a_thread().of_process(10).thread(4711).known_as(dead)})).empty());
}

TEST(DeadOwner, a_reused_id_is_likely_and_only_where_the_begin_of_the_wait_is_exact) {
  const auto younger = a_thread().of_process(10).thread(dead, born_at(test_now - 13s));
  const auto finding = only_finding_in(Scene({orphan(), younger}));
  EXPECT_EQ(finding.certainty, Certainty::likely);
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("born after the wait began")));
  const auto older = a_thread().of_process(10).thread(dead, born_at(test_now - 15s));
  EXPECT_TRUE(found_in(Scene({orphan(), older})).empty());
  EXPECT_TRUE(found_in(Scene({orphan(), younger}).each([](Task& task) {
                task.off_cpu_since_exact = false;
              })).empty());
}

TEST(DeadOwner, a_thread_born_before_the_host_was_suspended_is_not_younger) {
  const auto scene = Scene({orphan(), a_thread().of_process(10).thread(dead, born_at(test_now - 13s))});
  History history{1s};
  for (const Duration at : {-1s, 0s}) {
    auto snapshot = scene.seen_at(at);
    snapshot.suspended = 1h;
    EXPECT_TRUE(diagnose(history.advance(snapshot), {}).empty());
  }
}

TEST(DeadOwner, of_a_robust_mutex_is_likely) {
  const auto finding = only_finding_in(orphan(14s, 0x10));
  EXPECT_EQ(finding.certainty, Certainty::likely);
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("robust")));
}

TEST(DeadOwner, of_a_recursive_mutex_is_as_dead) {
  EXPECT_EQ(only_finding_in(orphan(14s, 1)).certainty, Certainty::certain);
}

TEST(DeadOwner, of_a_shared_lock_needs_a_look_at_the_whole_host) {
  EXPECT_TRUE(found_in(sharer()).empty());
  EXPECT_TRUE(found_in(Scene(sharer()).absent(dead + 1)).empty());
  const auto finding = only_finding_in(Scene(sharer()).absent(dead));
  EXPECT_EQ(finding.certainty, Certainty::likely) << "its id may be of another PID namespace";
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("no thread of this host has that id")));
}

TEST(DeadOwner, of_a_shared_lock_in_another_namespace_is_not_looked_up) {
  EXPECT_TRUE(found_in(Scene(sharer().known_as(10, 99)).absent(dead)).empty());
}

TEST(DeadOwner, of_a_shared_lock_may_live_in_another_process) {
  EXPECT_TRUE(found_in(Scene({sharer(), a_thread().of_process(dead)})).empty());
}

TEST(DeadOwner, of_a_write_locked_rwlock_is_dead_too_and_readers_have_no_names) {
  const auto waiter = [](const WordSurroundings& memory) {
    return a_thread()
        .of_process(10)
        .for_(14s)
        .in_futex(mutex + 8, 3)
        .in_function("pthread_rwlock_rdlock")
        .with_memory(memory);
  };
  const auto finding = only_finding_in(waiter(test::an_rwlock(mutex, 2 | 8, dead)));
  EXPECT_EQ(finding.key.cause, Cause::dead_owner);
  EXPECT_TRUE(found_in(waiter(test::an_rwlock(mutex, 8, 0))).empty());
  EXPECT_TRUE(found_in(waiter(test::an_rwlock(mutex, 8, dead))).empty());
}

TEST(DeadOwner, a_mutex_of_musl_may_say_it_itself) {
  Task task = a_thread()
                  .of_process(10)
                  .for_(14s)
                  .in_futex(mutex + 4, 0x80000000 | 0x40000000)
                  .in_function("pthread_mutex_lock");
  task.user_side->word = test::object_at(mutex, {2, 0xc0000000, 1});
  const auto finding = only_finding_in(Scene({task}).of_library(CLibrary::musl).incomplete());
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("says that its owner died")));
}

TEST(DeadOwner, is_not_said_where_facts_are_missing) {
  EXPECT_TRUE(found_in(Scene(orphan()).incomplete()).empty());
  EXPECT_TRUE(found_in(Scene(orphan()).without_ids()).empty());
  EXPECT_TRUE(found_in(Scene({orphan(), a_thread().of_process(10).thread(11)}).each([](Task& task) {
                if (task.id.tid == 11) task.namespace_tid = 0;
              })).empty());
  Task task = orphan();
  task.user_side->stack.clear();
  EXPECT_TRUE(found_in(Scene({task})).empty());
  task.user_side.reset();
  EXPECT_TRUE(found_in(Scene({task})).empty());
}

TEST(DeadOwner, the_end_of_a_thread_that_has_ended_is_no_lock) {
  EXPECT_TRUE(found_in(a_thread().of_process(10).for_(14s).joining(dead)).empty());
}

}  // namespace
}  // namespace wedged
