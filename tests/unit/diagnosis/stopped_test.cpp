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
using test::TaskBuilder;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TaskBuilder stopped(Duration ago = 61s, int tid = 10) {
  auto task = a_thread().of_process(10);
  if (tid != 10) task.thread(tid);
  return task.for_(ago).state(RunState::stopped);
}

TEST(Stopped, one_finding_tells_all_threads_of_the_process) {
  const auto finding = only_finding_in({{stopped(), stopped(62s, 11), stopped(61s, 12)}});
  EXPECT_EQ(finding.key, (FindingKey{Cause::stopped, {10, 10, 1'000'000}}));
  EXPECT_EQ(finding.certainty, Certainty::possible);
  EXPECT_EQ(finding.lasted, 62s);
  EXPECT_EQ(finding.unit, "victim.service");
  EXPECT_EQ(test::tids_of(finding.threads), (std::vector{10, 11, 12}));
  EXPECT_THAT(finding.summary, HasSubstr("has been stopped for 62 s by a job control signal"));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("(reported from 60 s on)")));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("3 of 3 threads stopped")));
}

TEST(Stopped, does_not_fire_at_the_threshold) {
  EXPECT_THAT(found_in({stopped(60s)}), IsEmpty());
}

TEST(Stopped, needs_two_samples) {
  EXPECT_THAT(found_in(Scene(std::vector<Task>{}), Scene(stopped())), IsEmpty());
}

TEST(Stopped, ends_when_the_process_goes_on) {
  const auto runs = a_thread().of_process(10).running();
  EXPECT_THAT(found_in(Scene(stopped()), Scene(runs)), IsEmpty());
}

TEST(Stopped, a_step_in_between_begins_anew) {
  EXPECT_THAT(found_in(Scene(stopped()), Scene(stopped().switches(18))), IsEmpty());
}

TEST(Stopped, a_tracer_is_named) {
  const Task traced = stopped().traced_by(77);
  EXPECT_THAT(only_finding_in({{traced}}).summary, HasSubstr("by its tracer, process 77"));
  const Task gdb = a_thread().of_process(77).named("gdb").in_call(SYS_wait4);
  EXPECT_THAT(only_finding_in({{traced, gdb}}).summary, HasSubstr("by its tracer gdb[77]"));
}

TEST(Stopped, a_tracer_that_is_not_known_is_not_named) {
  EXPECT_THAT(only_finding_in({stopped().traced_by(0)}).summary, HasSubstr("by a tracer"));
}

TEST(Stopped, who_is_stopped_otherwise_is_not_said_to_be_frozen) {
  EXPECT_THAT(only_finding_in(stopped().frozen_by_cgroup()).summary, HasSubstr("by a job control signal"));
  EXPECT_THAT(only_finding_in(stopped().traced_by(77).frozen_by_cgroup()).summary,
              HasSubstr("by its tracer"));
}

TEST(Stopped, the_frozen_cgroup_is_named) {
  const auto frozen = a_thread().of_process(10).in_call(SYS_nanosleep).for_(61s).frozen_by_cgroup();
  EXPECT_THAT(only_finding_in(frozen).summary,
              HasSubstr("by the freezer of its cgroup /system.slice/victim.service (cgroup.freeze)"));
  EXPECT_THAT(only_finding_in(TaskBuilder(frozen).without_details()).summary,
              HasSubstr("by the freezer of its cgroup (cgroup.freeze)"));
}

TEST(Stopped, another_freezer_is_told_as_far_as_it_is_known) {
  EXPECT_THAT(only_finding_in(stopped().state(RunState::frozen)).summary,
              HasSubstr("by a freezer (of cgroup v1"));
}

TEST(Stopped, some_threads_of_many_may_be_stopped) {
  const auto finding =
      only_finding_in({{stopped(61s, 11).traced_by(77), a_thread().of_process(10).running()}});
  EXPECT_EQ(test::tids_of(finding.threads), std::vector{11});
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("1 of 2 threads stopped")));
}

TEST(Stopped, kernel_threads_and_the_dead_are_not_told) {
  EXPECT_THAT(found_in({stopped().state(RunState::frozen).kernel_thread()}), IsEmpty());
  EXPECT_THAT(found_in({stopped().frozen_by_cgroup().dead()}), IsEmpty());
}

TEST(Stopped, who_waits_for_a_lock_of_a_stopped_thread_is_its_victim) {
  const Task waiter = a_thread().of_process(10).thread(11).for_(20s).waiting_in_mutex(0x7f0000001000, 12);
  const auto findings = found_in({{stopped(61s, 12).traced_by(77), waiter}});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(test::tids_of(findings[0].victims), std::vector{11});
}

}  // namespace
}  // namespace wedged
