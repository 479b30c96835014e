// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
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
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

TaskBuilder starving(Duration runnable = 11s) {
  return a_thread().runnable_for(runnable).on_cpu(3);
}

std::vector<Finding> found_beside(Task victim, const Task& occupant) {
  victim.scheduling.cpu_occupant = occupant.id.tid;
  return found({victim, occupant}, {victim, occupant});
}

TEST(Starved, is_found_with_its_cpu_and_policy) {
  const auto findings = found_unchanged(starving());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::starved);
  EXPECT_EQ(findings[0].certainty, Certainty::likely);
  EXPECT_EQ(findings[0].lasted, 11s);
  EXPECT_THAT(findings[0].summary, HasSubstr("has been ready to run for 11 s and gets no CPU"));
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("(reported from 10 s on)")));
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("queued on CPU 3 with SCHED_OTHER")));
  EXPECT_THAT(findings[0].evidence, Contains("who runs on CPU 3 is not known"));
  EXPECT_EQ(findings[0].chain, (std::vector<BlameLink>{{"waits for", "CPU 3"}}));
}

TEST(Starved, names_who_occupies_the_cpu) {
  const Task hog = a_thread().of_process(77).named("hog").running().on_cpu(3, SCHED_FIFO, 50);
  const auto findings = found_beside(starving(), hog);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].summary, HasSubstr("CPU 3 runs hog[77], SCHED_FIFO 50"));
  EXPECT_EQ(findings[0].chain.back(), (BlameLink{"which runs", "hog[77], SCHED_FIFO 50"}));
}

TEST(Starved, of_an_occupant_that_was_not_seen_only_the_id_is_told) {
  Task victim = starving();
  victim.scheduling.cpu_occupant = 77;
  EXPECT_EQ(found_unchanged(victim).at(0).chain.back(), (BlameLink{"which runs", "thread 77"}));
}

TEST(Starved, an_idle_cpu_is_said_to_be_idle) {
  Task victim = starving();
  victim.scheduling.cpu_occupant = 0;
  EXPECT_THAT(found_unchanged(victim).at(0).summary, HasSubstr("CPU 3 runs nobody: it is idle"));
}

class Policy : public testing::TestWithParam<std::pair<int, std::string>> {};
TEST_P(Policy, is_named) {
  EXPECT_THAT(found_unchanged(starving().on_cpu(0, GetParam().first)).at(0).evidence,
              Contains(HasSubstr(GetParam().second)));
}
INSTANTIATE_TEST_SUITE_P(Starved, Policy,
                         testing::Values(std::pair{SCHED_RR, "SCHED_RR"},
                                         std::pair{SCHED_BATCH, "SCHED_BATCH"},
                                         std::pair{SCHED_IDLE, "SCHED_IDLE"},
                                         std::pair{SCHED_DEADLINE, "SCHED_DEADLINE"},
                                         std::pair{7, "SCHED_EXT"}, std::pair{4, "policy 4"}));

TEST(Starved, who_wants_only_what_is_left_over_is_told_with_less_certainty) {
  EXPECT_EQ(found_unchanged(starving().on_cpu(0, SCHED_IDLE)).at(0).certainty, Certainty::possible);
  EXPECT_EQ(found_unchanged(starving().on_cpu(0, SCHED_BATCH)).at(0).certainty, Certainty::likely);
}

TEST(Starved, a_kernel_thread_is_told_too) {
  EXPECT_THAT(found_unchanged(starving().named("ksoftirqd/3").kernel_thread()), SizeIs(1));
}

TEST(Starved, does_not_fire_at_the_threshold) {
  EXPECT_THAT(found_unchanged(starving(10s)), IsEmpty());
}

TEST(Starved, needs_two_samples) {
  EXPECT_THAT(found({}, {starving()}), IsEmpty());
}

TEST(Starved, a_turn_on_the_cpu_in_between_ends_it) {
  EXPECT_THAT(found({starving()}, {starving().switches(18)}), IsEmpty());
  EXPECT_THAT(found({a_thread().running()}, {starving()}), IsEmpty()) << "it was on a CPU";
}

TEST(Starved, who_is_on_a_cpu_is_not_starved) {
  EXPECT_THAT(found_unchanged(a_thread().running().on_cpu(3)), IsEmpty());
}

TEST(Starved, its_own_cgroups_quota_is_no_fault_of_others) {
  Task throttled = starving();
  throttled.scheduling.throttled = true;
  EXPECT_THAT(found_unchanged(throttled), IsEmpty());
}

TEST(Starved, the_frozen_and_the_idle_task_are_none) {
  EXPECT_THAT(found_unchanged(starving().frozen_by_cgroup()), IsEmpty());
  EXPECT_THAT(found_unchanged(starving().state(RunState::frozen)), IsEmpty());
  EXPECT_THAT(found_unchanged(starving().of_process(0).kernel_thread()), IsEmpty());
}

TEST(Starved, in_a_call_it_is_neither_slow_nor_a_loop) {
  const auto findings =
      found_unchanged(a_thread().in_call(SYS_fsync).for_(70s).looping_for(70s).runnable_for(70s));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::starved);
}

TEST(Starved, a_busy_neighbour_on_another_cpu_is_not_blamed) {
  const Task busy = a_thread().of_process(77).named("busy").running().on_cpu(2);
  const auto findings = found({starving(), busy}, {starving(), busy});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].summary, Not(HasSubstr("busy")));
}

}  // namespace
}  // namespace wedged
