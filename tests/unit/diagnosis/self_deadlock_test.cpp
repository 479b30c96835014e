// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/futex.h>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::changes_in;
using test::found_in;
using test::only_finding_in;
using test::Scene;
using testing::Contains;
using testing::HasSubstr;

constexpr std::uint64_t mutex = 0x7f0000001000;

test::TaskBuilder relocker(Duration waiting = 14s) {
  return a_thread().of_process(7).for_(waiting).waiting_in_mutex(mutex, 7);
}

TEST(SelfDeadlock, fires_after_the_threshold) {
  const auto finding = only_finding_in(relocker(10001ms));
  EXPECT_EQ(finding.key, (FindingKey{Cause::self_deadlock, {7, 7, 1'000'000}}));
  EXPECT_EQ(finding.certainty, Certainty::certain);
  EXPECT_EQ(finding.lasted, 10001ms);
  EXPECT_EQ(finding.since, test::test_now - 10001ms);
  EXPECT_TRUE(finding.since_exact);
  EXPECT_EQ(finding.unit, "victim.service");
  EXPECT_THAT(finding.summary, HasSubstr("holds itself: normal mutex 0x7f0000001000"));
  EXPECT_EQ(finding.chain.back(), (BlameLink{"held by", "itself"}));
  EXPECT_FALSE(finding.advice.empty());
}

test::TaskBuilder sharer(std::uint32_t kind) {
  return a_thread()
      .of_process(7)
      .for_(14s)
      .in_futex(mutex, 2, FUTEX_WAIT)
      .in_function("pthread_mutex_lock")
      .with_memory(test::a_mutex(mutex, 7, kind));
}

TEST(SelfDeadlock, is_likely_where_others_share_the_lock) {
  constexpr std::uint32_t robust = 0x10, shared = 0x80;
  EXPECT_EQ(only_finding_in(sharer(shared)).certainty, Certainty::likely);
  EXPECT_EQ(only_finding_in(sharer(robust | shared)).certainty, Certainty::likely);
  EXPECT_THAT(only_finding_in(sharer(shared)).evidence,
              Contains(HasSubstr("PID namespace the id in it means")));
}

// The main process of another container has the lock, and is 1 there as this one is here.
TEST(SelfDeadlock, in_a_container_the_owner_of_a_shared_lock_may_be_elsewhere) {
  EXPECT_TRUE(found_in(sharer(0x80).known_as(7, 77)).empty());
  EXPECT_EQ(only_finding_in(relocker().known_as(7, 77)).key.cause, Cause::self_deadlock);
}

TEST(SelfDeadlock, does_not_fire_at_the_threshold) {
  EXPECT_TRUE(found_in(relocker(10s)).empty());
}

TEST(SelfDeadlock, needs_two_samples) {
  EXPECT_TRUE(found_in(std::vector<Task>{}, relocker(300s)).empty());
}

TEST(SelfDeadlock, a_wait_that_ends_by_itself_is_none) {
  EXPECT_TRUE(found_in(relocker().with_timeout()).empty());
}

TEST(SelfDeadlock, a_thread_that_moved_on_has_recovered) {
  EXPECT_TRUE(found_in(relocker().switches(5), relocker().switches(6)).empty());
}

TEST(SelfDeadlock, a_thread_that_runs_waits_for_nothing) {
  EXPECT_TRUE(found_in(relocker().running()).empty());
}

TEST(SelfDeadlock, time_in_which_the_monitor_did_not_run_does_not_count) {
  History history{1s};
  const Scene scene = relocker(14s);
  (void)history.advance(scene.seen_at(-9s));
  for (const Duration now : {0s, 1s, 2s, 3s, 4s})
    EXPECT_TRUE(diagnose(history.advance(scene.seen_at(now)), {}).empty());
  EXPECT_EQ(diagnose(history.advance(scene.seen_at(5s)), {}).size(), 1U);
}

TEST(SelfDeadlock, a_reused_thread_id_is_another_thread) {
  EXPECT_TRUE(found_in(a_thread().of_process(7, 100).for_(1h).waiting_in_mutex(mutex, 7),
                       a_thread().of_process(7, 101).for_(1h).waiting_in_mutex(mutex, 7))
                  .empty());
}

class Kind : public testing::TestWithParam<std::pair<std::uint32_t, bool>> {};
TEST_P(Kind, of_mutex_decides) {
  const auto [kind, deadlocks] = GetParam();
  EXPECT_EQ(found_in(a_thread().of_process(7).for_(14s).waiting_in_mutex(mutex, 7, kind)).empty(),
            !deadlocks);
}
INSTANTIATE_TEST_SUITE_P(SelfDeadlock, Kind,
                         testing::Values(std::pair{0U, true}, std::pair{1U, false}, std::pair{2U, true},
                                         std::pair{3U, true}, std::pair{0x10U, true}, std::pair{0x11U, false},
                                         std::pair{0x21U, false}, std::pair{0x80U, true},
                                         std::pair{0x400U, false}));

TEST(SelfDeadlock, the_owner_is_named_as_its_pid_namespace_names_it) {
  const auto finding =
      only_finding_in(a_thread().of_process(4000).known_as(7, 99).for_(14s).waiting_in_mutex(mutex, 7));
  EXPECT_EQ(finding.key.cause, Cause::self_deadlock);
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("7 is what thread 4000 is called in its PID namespace")));
}

TEST(SelfDeadlock, the_number_of_the_host_is_not_the_owner_in_a_namespace) {
  EXPECT_TRUE(
      found_in(Scene(a_thread().of_process(4000).known_as(7, 99).for_(14s).waiting_in_mutex(mutex, 4000))
                   .incomplete())
          .empty());
}

TEST(SelfDeadlock, is_not_said_where_facts_are_missing) {
  Task task = relocker();
  task.user_side.reset();
  EXPECT_TRUE(found_in(Scene({task})).empty());
  EXPECT_TRUE(found_in(Scene({a_thread().of_process(7).for_(14s).waiting_in_mutex(mutex, 0)}).without_sides())
                  .empty());
  task = relocker();
  task.user_side->stack[0].module = "/opt/app";
  EXPECT_TRUE(found_in(Scene({task}).of_library(CLibrary::unknown)).empty());
  task = relocker();
  task.user_side->word.reset();
  EXPECT_TRUE(found_in(Scene({task})).empty());
  EXPECT_TRUE(found_in(Scene(relocker()).without_ids()).empty());
}

TEST(SelfDeadlock, without_the_rest_of_its_process_it_is_still_certain) {
  EXPECT_EQ(only_finding_in(Scene(relocker()).incomplete()).key.cause, Cause::self_deadlock);
}

TEST(SelfDeadlock, a_normal_mutex_of_musl_tells_nobody) {
  Task task =
      a_thread().of_process(7).for_(14s).in_futex(mutex + 4, 0x80000010).in_function("pthread_mutex_lock");
  task.user_side->word = test::object_at(mutex, {0, 16, 1});
  const auto scene = Scene({task}).of_library(CLibrary::musl).incomplete();
  EXPECT_TRUE(found_in(scene).empty());
  task.user_side->word = test::object_at(mutex, {2, 7 | 0x80000000, 1});
  EXPECT_EQ(only_finding_in(Scene({task}).of_library(CLibrary::musl)).key.cause, Cause::self_deadlock);
}

TEST(SelfDeadlock, a_thread_that_joins_itself_is_none) {
  EXPECT_TRUE(found_in(Scene(a_thread().of_process(7).for_(14s).joining(7)).incomplete()).empty());
}

}  // namespace
}  // namespace wedged
