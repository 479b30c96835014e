// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "scene.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found_in;
using test::only_finding_in;
using test::Scene;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Task leader(Duration ago = 11s) {
  return a_thread().of_process(10).for_(ago).dead().without_details();
}

Task worker() {
  return a_thread().of_process(10).thread(13).in_call(SYS_epoll_wait);
}

TEST(LostLeader, is_found_when_others_go_on_without_it) {
  const auto finding = only_finding_in({{leader(), worker()}});
  EXPECT_EQ(finding.key, (FindingKey{Cause::lost_leader, {10, 10, 1'000'000}}));
  EXPECT_EQ(finding.certainty, Certainty::possible);
  EXPECT_EQ(finding.lasted, 11s);
  EXPECT_EQ(finding.task.id.tid, 13) << "who lives speaks for the process";
  EXPECT_EQ(finding.unit, "victim.service");
  EXPECT_EQ(test::tids_of(finding.threads), std::vector{10});
  EXPECT_THAT(finding.summary, HasSubstr("lost its main thread 11 s ago and lives on: 1 other thread lives"));
  EXPECT_EQ(finding.chain.back(), (BlameLink{"exited alone, and left", "1 other thread"}));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("(reported from 10 s on)")));
}

TEST(LostLeader, is_not_found_at_the_threshold) {
  EXPECT_THAT(found_in({{leader(10s), worker()}}), IsEmpty());
}

TEST(LostLeader, needs_two_samples) {
  EXPECT_THAT(found_in(Scene({worker()}), Scene({leader(), worker()})), IsEmpty());
}

TEST(LostLeader, a_lone_zombie_waits_for_its_parent) {
  EXPECT_THAT(found_in({{leader()}}), IsEmpty());
}

TEST(LostLeader, the_kernels_count_is_enough_where_nobody_else_was_seen) {
  const auto scene = Scene({leader()}).each([](Task& task) { task.process_threads = 7; });
  const auto finding = only_finding_in(scene);
  EXPECT_EQ(finding.task.id.tid, 10);
  EXPECT_THAT(finding.summary, HasSubstr("6 other threads live"));
}

TEST(LostLeader, a_thread_that_is_dead_and_leads_nobody_is_none) {
  const Task joinable = a_thread().of_process(10).thread(14).for_(1h).dead();
  EXPECT_THAT(found_in({{a_thread().of_process(10).in_call(SYS_epoll_wait), joinable}}), IsEmpty());
}

TEST(LostLeader, a_process_that_exits_or_calls_exec_loses_none) {
  Task exiting = leader();
  exiting.group_exiting = true;
  EXPECT_THAT(found_in({{exiting, worker()}}), IsEmpty());
  Task replaced = leader();
  replaced.kill_pending = true;  // by the thread that calls exec
  EXPECT_THAT(found_in({{replaced, worker()}}), IsEmpty());
}

TEST(LostLeader, a_death_in_the_kernel_explains_it) {
  Death death;
  death.id = leader().id;
  death.process = leader().process;
  death.exit_code = SIGKILL;
  const auto scene = Scene({leader(), worker()}).each([](Task& task) { task.death_seen = true; });
  const auto findings = found_in(scene.died(death), scene);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::died_in_kernel);
}

TEST(LostLeader, a_crash_explains_it) {
  Crash crash;
  crash.id = leader().id;
  crash.process = leader().process;
  crash.signal = SIGSEGV;
  const Scene scene({leader(), worker()});
  const auto findings = found_in(scene, scene.crashed(crash));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::crashed_thread);
}

TEST(LostLeader, the_death_of_another_thread_does_not_explain_it) {
  Death death;
  death.id = {10, 14, 5};
  death.process = leader().process;
  death.exit_code = SIGKILL;
  const auto scene = Scene({leader(), worker()}).each([](Task& task) { task.death_seen = true; });
  EXPECT_THAT(found_in(scene.died(death), scene), SizeIs(2));
}

TEST(LostLeader, ends_when_a_thread_has_called_exec_and_leads) {
  const Task heir = a_thread().of_process(10).in_call(SYS_epoll_wait);
  EXPECT_THAT(found_in(Scene({leader(), worker()}), Scene({heir})), IsEmpty());
}

}  // namespace
}  // namespace wedged
