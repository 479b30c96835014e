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
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::uint64_t word = 0x7f0000001000;

test::TaskBuilder sleeper(int tid, Duration waiting = 14s) {
  auto builder = a_thread().of_process(10);
  if (tid != 10) builder.thread(tid);
  return builder.for_(waiting).waiting_for_condition(word);
}

ProcessSide side_with(std::optional<std::uint64_t> caught, std::optional<unsigned> timers) {
  ProcessSide side;
  side.libc = CLibrary::glibc;
  side.caught_signals = caught;
  side.posix_timers = timers;
  return side;
}

// Nothing from outside can wake it.
Scene alone(const Scene& scene) {
  return scene.with(side_with(0, 0));
}

TEST(NoWaker, fires_where_all_threads_wait_for_each_other) {
  const auto finding = only_finding_in(alone(Scene({sleeper(10, 20s), sleeper(11, 10001ms)})));
  EXPECT_EQ(finding.key, (FindingKey{Cause::no_waker, {10, 10, 1'000'000}}));
  EXPECT_EQ(finding.certainty, Certainty::likely);
  EXPECT_EQ(finding.lasted, 10001ms);  // since the last fell asleep
  EXPECT_THAT(tids_of(finding.threads), ElementsAre(10, 11));
  EXPECT_THAT(finding.summary, HasSubstr("all 2 threads wait to be woken"));
}

TEST(NoWaker, does_not_fire_until_the_last_is_over_the_threshold) {
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10, 1h), sleeper(11, 10s)}))).empty());
}

TEST(NoWaker, a_wait_that_ends_by_itself_is_a_waker) {
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), sleeper(11).with_timeout()}))).empty());
}

TEST(NoWaker, is_not_said_of_who_could_not_be_looked_at) {
  Task unread = sleeper(10);
  EXPECT_FALSE(found_in(alone(Scene({unread}))).empty());
  unread.user_side = UserSide{};
  unread.user_side->missing = {"user side: no answer within 1 s"};
  EXPECT_TRUE(found_in(alone(Scene({unread}))).empty());
}

TEST(NoWaker, who_has_the_same_memory_is_a_waker) {
  Task borrower = sleeper(10);
  borrower.shares_memory = true;
  EXPECT_TRUE(found_in(alone(Scene({borrower}))).empty());
  borrower.shares_memory = false;
  EXPECT_FALSE(found_in(alone(Scene({borrower}))).empty());
}

TEST(NoWaker, a_thread_that_moved_on_is_a_waker) {
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), sleeper(11).switches(1)})),
                       alone(Scene({sleeper(10), sleeper(11).switches(2)})))
                  .empty());
}

TEST(NoWaker, one_thread_that_is_awake_or_elsewhere_is_a_waker) {
  const auto other = [] { return a_thread().of_process(10).thread(11).for_(14s); };
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), other().running()}))).empty());
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), other().in_call(SYS_epoll_wait)}))).empty());
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), other().state(RunState::stopped)}))).empty());
}

TEST(NoWaker, a_leader_that_has_exited_wakes_nobody) {
  const Task zombie = a_thread().of_process(10).state(RunState::dead);
  EXPECT_THAT(only_finding_in(alone(Scene({zombie, sleeper(11)}))).threads, SizeIs(1));
}

TEST(NoWaker, a_shared_futex_may_be_woken_by_another_process) {
  const Task shared = a_thread()
                          .of_process(10)
                          .thread(11)
                          .for_(14s)
                          .in_futex(word, 0, FUTEX_WAIT_BITSET)
                          .in_function("__new_sem_wait_slow64");
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), shared}))).empty());
}

TEST(NoWaker, waiting_for_the_end_of_a_sleeper_wakes_nobody) {
  const Task joiner = a_thread().of_process(10).for_(14s).joining(11);
  EXPECT_EQ(only_finding_in(alone(Scene({joiner, sleeper(11)}))).key.cause, Cause::no_waker);
}

struct Outside {
  const char* name;
  ProcessSide side;
  bool fires;
};
void PrintTo(const Outside& outside, std::ostream* out) {
  *out << outside.name;
}

class FromOutside : public testing::TestWithParam<Outside> {};
TEST_P(FromOutside, a_waker_is_told_from_none) {
  EXPECT_EQ(found_in(Scene({sleeper(10)}).with(GetParam().side)).size(), GetParam().fires ? 1U : 0U);
}
INSTANTIATE_TEST_SUITE_P(NoWaker, FromOutside,
                         testing::Values(Outside{"nothing", side_with(0, 0), true},
                                         Outside{"signals 32 and 33 of glibc", side_with(3ULL << 31, 0),
                                                 true},
                                         Outside{"signal 31", side_with(1ULL << 30, 0), false},
                                         Outside{"signal 34", side_with(1ULL << 33, 0), false},
                                         Outside{"SIGTERM too", side_with(3ULL << 31 | 1ULL << 14, 0), false},
                                         Outside{"a timer", side_with(0, 1), false},
                                         Outside{"unknown handlers", side_with(std::nullopt, 0), false},
                                         Outside{"unknown timers", side_with(0, std::nullopt), false}),
                         [](const auto& tested) {
                           auto name = std::string(tested.param.name);
                           std::replace(name.begin(), name.end(), ' ', '_');
                           return name;
                         });

TEST(NoWaker, is_not_said_where_facts_are_missing) {
  EXPECT_TRUE(found_in(Scene({sleeper(10)}).without_sides()).empty());
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10)})).incomplete()).empty());
}

TEST(NoWaker, is_not_said_of_locks_that_are_being_read_again) {
  Task unread = sleeper(11);
  unread.user_side.reset();
  EXPECT_TRUE(found_in(alone(Scene({sleeper(10), unread}))).empty());
}

TEST(NoWaker, a_better_cause_explains_the_process) {
  const Task relocker = a_thread().of_process(10).thread(11).for_(14s).waiting_in_mutex(word + 64, 11);
  const auto finding = only_finding_in(alone(Scene({sleeper(10), relocker})));
  EXPECT_EQ(finding.key.cause, Cause::self_deadlock);
}

TEST(NoWaker, a_crashed_thread_does_not_explain_why_nobody_wakes) {
  Task task = sleeper(10);
  task.crashed_thread_seen = true;
  Crash crash{{10, 12, 5}, task.process, "w", "victim", 11, test::test_now - 20s, test::test_now - 20s};
  const auto findings = found_in(alone(Scene({task})), alone(Scene({task})).crashed(crash));
  EXPECT_THAT(findings, SizeIs(2));
}

}  // namespace
}  // namespace wedged
