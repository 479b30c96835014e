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
using test::Scene;
using test::test_now;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// The leader of the process, as the kernel side lets us see it after a crash was told.
Task survivor(int tgid = 10) {
  Task task = a_thread().of_process(tgid).in_call(SYS_epoll_wait);
  task.crashed_thread_seen = true;
  return task;
}

Crash a_crash(Duration after = 5ms, int signal = SIGSEGV) {
  return {{10, 12, 5}, survivor().process, "worker", "victim", signal, test_now - 2s - after, test_now - 2s};
}

std::vector<Finding> found_after(const Crash& crash) {
  return found_in(Scene({survivor()}).crashed(crash), Scene({survivor()}));
}

TEST(CrashedThread, that_came_during_the_scan_has_lasted_no_time_rather_than_less) {
  Crash late = a_crash();
  late.exited = test_now + 1s + 3ms;  // the scan began before
  const auto findings = found_in(Scene({survivor()}), Scene({survivor()}).crashed(late));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].lasted, 0s);
}

TEST(CrashedThread, is_told_at_once_under_its_own_name) {
  const auto findings = found_in(Scene({survivor()}), Scene({survivor()}).crashed(a_crash()));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key, (FindingKey{Cause::crashed_thread, {10, 12, 5}}));
  EXPECT_EQ(findings[0].task.id.tid, 10);
  EXPECT_EQ(findings[0].certainty, Certainty::certain);
  EXPECT_EQ(findings[0].since, test_now - 2s);
  EXPECT_EQ(findings[0].lasted, 2s);
  EXPECT_EQ(findings[0].unit, "victim.service");
  EXPECT_THAT(findings[0].summary,
              HasSubstr("victim[10] goes on without its thread 12 (worker), which crashed: SIGSEGV"));
  EXPECT_THAT(findings[0].evidence, testing::Contains(HasSubstr("it exited 5 ms later")));
}

TEST(CrashedThread, certainty_falls_with_the_time_to_its_end) {
  EXPECT_EQ(found_after(a_crash(10s)).at(0).certainty, Certainty::certain);
  EXPECT_EQ(found_after(a_crash(10001ms)).at(0).certainty, Certainty::likely);
  EXPECT_EQ(found_after(a_crash(10min)).at(0).certainty, Certainty::likely);
  EXPECT_THAT(found_after(a_crash(10min + 1ms)), IsEmpty());
}

class Signal : public testing::TestWithParam<std::pair<int, std::string>> {};
TEST_P(Signal, is_named) {
  EXPECT_THAT(found_after(a_crash(5ms, GetParam().first)).at(0).summary, HasSubstr(GetParam().second));
}
INSTANTIATE_TEST_SUITE_P(CrashedThread, Signal,
                         testing::Values(std::pair{SIGBUS, "SIGBUS"}, std::pair{SIGFPE, "SIGFPE"},
                                         std::pair{SIGILL, "SIGILL"}, std::pair{SIGABRT, "SIGABRT"},
                                         std::pair{SIGSYS, "signal 31"}));

TEST(CrashedThread, stands_as_long_as_the_process_does) {
  History history{1s};
  (void)history.advance(Scene({survivor()}).crashed(a_crash()).seen_at(0s));
  for (int scan = 1; scan < 100; ++scan) {
    const auto at = std::chrono::seconds(scan);
    ASSERT_THAT(diagnose(history.advance(Scene({survivor()}).seen_at(at)), {}), SizeIs(1)) << scan;
  }
  EXPECT_THAT(diagnose(history.advance(Scene(std::vector<Task>{}).seen_at(100s)), {}), IsEmpty());
  EXPECT_THAT(diagnose(history.advance(Scene({survivor()}).seen_at(101s)), {}), IsEmpty());
}

TEST(CrashedThread, survives_the_scan_in_which_its_leader_was_not_yet_seen) {
  EXPECT_THAT(found_in(Scene(std::vector<Task>{}).crashed(a_crash()), Scene({survivor()})), SizeIs(1));
}

TEST(CrashedThread, ends_with_its_process_though_the_id_be_reused) {
  Task another = survivor();
  another.process.start_boottime_ns = another.id.start_boottime_ns = 77;
  EXPECT_THAT(found_in(Scene({survivor()}).crashed(a_crash()), Scene({another})), IsEmpty());
}

TEST(CrashedThread, ends_when_the_process_has_called_exec) {
  Task another = survivor();
  another.crashed_thread_seen = false;
  EXPECT_THAT(found_in(Scene({survivor()}).crashed(a_crash()), Scene({another})), IsEmpty());
}

TEST(CrashedThread, two_of_one_process_are_two_findings) {
  Crash second = a_crash();
  second.id.tid = 13;
  const Scene scene({survivor()});
  EXPECT_THAT(found_in(scene.crashed(a_crash()), scene.crashed(second)), SizeIs(2));
}

}  // namespace
}  // namespace wedged
