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
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Task survivor(int tgid = 10) {
  return a_thread().of_process(tgid).in_call(SYS_epoll_wait).after_a_death();
}

// What an oops leaves of the leader while others live.
Task dead_leader(int tgid = 10) {
  return a_thread().of_process(tgid).dead().without_details().after_a_death();
}

Death a_death(int exit_code = SIGSEGV) {
  Death death;
  death.id = {10, 12, 5};
  death.process = survivor().process;
  death.comm = "worker";
  death.process_comm = "victim";
  death.call_number = SYS_fsync;
  death.exit_code = exit_code;
  death.at = test_now - 2s;
  return death;
}

std::vector<Finding> found_after(const Death& death) {
  return found_in(Scene({survivor()}).died(death), Scene({survivor()}));
}

TEST(DiedInKernel, that_came_during_the_scan_has_lasted_no_time_rather_than_less) {
  Death late = a_death();
  late.at = test_now + 1s + 3ms;  // the scan began before
  const auto findings = found_in(Scene({survivor()}), Scene({survivor()}).died(late));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].lasted, 0s);
}

TEST(DiedInKernel, is_told_at_once_under_its_own_name) {
  const auto findings = found_in(Scene({survivor()}), Scene({survivor()}).died(a_death()));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key, (FindingKey{Cause::died_in_kernel, {10, 12, 5}}));
  EXPECT_EQ(findings[0].task.id.tid, 10);
  EXPECT_EQ(findings[0].certainty, Certainty::certain);
  EXPECT_EQ(findings[0].since, test_now - 2s);
  EXPECT_TRUE(findings[0].since_exact);
  EXPECT_EQ(findings[0].lasted, 2s);
  EXPECT_EQ(findings[0].unit, "victim.service");
  EXPECT_EQ(test::tids_of(findings[0].threads), std::vector{12});
  EXPECT_THAT(findings[0].summary,
              HasSubstr("victim[10] goes on without its thread 12 (worker), which died in "
                        "the kernel: it never came back from fsync"));
}

TEST(DiedInKernel, evidence_has_the_call_and_the_signal_that_nobody_sent) {
  const auto finding = found_after(a_death(SIGKILL)).at(0);
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("entered fsync, never came back")));
  EXPECT_THAT(finding.evidence,
              Contains(HasSubstr("exit code is 9 (SIGKILL), a signal that was not delivered")));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("was not told to exit")));
}

TEST(DiedInKernel, the_chain_leads_from_the_thread_into_its_call) {
  const auto finding = found_after(a_death()).at(0);
  EXPECT_EQ(finding.chain, (std::vector<BlameLink>{{"thread", "12 (worker)"},
                                                   {"of process", "victim[10]"},
                                                   {"died inside system call", "fsync"}}));
}

TEST(DiedInKernel, a_call_that_is_not_known_is_not_named) {
  Death death = a_death();
  death.call_number = -1;
  EXPECT_THAT(found_after(death).at(0).summary, HasSubstr("never came back from the kernel"));
}

TEST(DiedInKernel, a_dead_leader_is_spoken_for_by_a_thread_that_lives) {
  Death death = a_death();
  death.id = dead_leader().id;
  const Task heartbeat = a_thread().of_process(10).thread(13).in_call(SYS_nanosleep).after_a_death();
  const auto findings =
      found_in(Scene({dead_leader(), heartbeat}).died(death), Scene({dead_leader(), heartbeat}));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].task.id.tid, 13);
  EXPECT_EQ(findings[0].key.task.tid, 10);
}

TEST(DiedInKernel, a_dead_leader_alone_speaks_if_the_kernel_counts_more_threads) {
  Scene scene({dead_leader()});
  EXPECT_THAT(found_in(scene.died(a_death()), scene), IsEmpty()) << "a zombie that waits for its parent";
  const auto others = scene.each([](Task& task) { task.process_threads = 2; });
  EXPECT_THAT(found_in(others.died(a_death()), others), SizeIs(1));
}

struct Ordinary {
  const char* name;
  void (*change)(Death&);
};
void PrintTo(const Ordinary& ordinary, std::ostream* out) {
  *out << ordinary.name;
}

class OrdinaryEnd : public testing::TestWithParam<Ordinary> {};
TEST_P(OrdinaryEnd, is_no_death_in_the_kernel) {
  Death death = a_death();
  GetParam().change(death);
  EXPECT_THAT(found_after(death), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(
    DiedInKernel, OrdinaryEnd,
    testing::Values(Ordinary{"with_its_whole_process", [](Death& death) { death.group_exit = true; }},
                    Ordinary{"by_exit_with_a_code", [](Death& death) { death.exit_code = 3 << 8; }},
                    Ordinary{"by_a_filter_of_seccomp", [](Death& death) { death.exit_code = SIGSYS; }},
                    Ordinary{"of_another_process", [](Death& death) { ++death.process.tgid; }},
                    Ordinary{"of_an_earlier_process_with_its_id",
                             [](Death& death) { ++death.process.start_boottime_ns; }}),
    [](const auto& one) { return one.param.name; });

TEST(DiedInKernel, stands_as_long_as_the_process_does) {
  History history{1s};
  (void)history.advance(Scene({survivor()}).died(a_death()).seen_at(0s));
  for (int scan = 1; scan < 100; ++scan) {
    const auto at = std::chrono::seconds(scan);
    ASSERT_THAT(diagnose(history.advance(Scene({survivor()}).seen_at(at)), {}), SizeIs(1)) << scan;
  }
  EXPECT_THAT(diagnose(history.advance(Scene(std::vector<Task>{}).seen_at(100s)), {}), IsEmpty());
}

TEST(DiedInKernel, survives_the_scan_in_which_nobody_of_its_process_was_seen) {
  EXPECT_THAT(found_in(Scene(std::vector<Task>{}).died(a_death()), Scene({survivor()})), SizeIs(1));
}

TEST(DiedInKernel, ends_when_the_process_has_called_exec) {
  const auto after_exec = Scene({survivor()}).each([](Task& task) { task.death_seen = false; });
  EXPECT_THAT(found_in(Scene({survivor()}).died(a_death()), after_exec), IsEmpty());
}

TEST(DiedInKernel, two_of_one_process_are_two_findings) {
  Death second = a_death();
  second.id.tid = 13;
  const Scene scene({survivor()});
  EXPECT_THAT(found_in(scene.died(a_death()), scene.died(second)), SizeIs(2));
}

OopsReport a_report(int tid, Duration ago = 2s) {
  return {test_now - ago,
          tid,
          "worker",
          "BUG: kernel NULL pointer dereference, address: 0000000000000000",
          {"BUG: kernel NULL pointer dereference", "RIP: 0010:ext4_sync_file+0x11/0x90"}};
}

TEST(DiedInKernel, the_kernels_own_report_is_quoted) {
  const auto findings =
      found_in(Scene({survivor()}).died(a_death()).heard(a_report(12)), Scene({survivor()}));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].evidence,
              Contains(HasSubstr("log reports it: BUG: kernel NULL pointer dereference")));
  EXPECT_THAT(findings[0].evidence, Contains("in its report: RIP: 0010:ext4_sync_file+0x11/0x90"));
}

TEST(DiedInKernel, a_report_of_another_thread_or_time_is_not_quoted) {
  for (const auto& report : {a_report(13), a_report(12, 1h)}) {
    const auto findings = found_in(Scene({survivor()}).died(a_death()).heard(report), Scene({survivor()}));
    EXPECT_THAT(findings.at(0).evidence, testing::Not(Contains(HasSubstr("log reports it"))));
  }
}

TEST(DiedInKernel, a_leader_that_died_before_the_watch_is_told_by_the_log_alone) {
  const Task heartbeat = a_thread().of_process(10).thread(13).in_call(SYS_nanosleep);
  Task leader = dead_leader();
  leader.death_seen = false;
  const Scene scene({leader, heartbeat});
  const auto findings = found_in(scene.heard(a_report(10, 1h)), scene);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key, (FindingKey{Cause::died_in_kernel, leader.id}));
  EXPECT_EQ(findings[0].certainty, Certainty::likely);
  EXPECT_EQ(findings[0].task.id.tid, 13);
  EXPECT_EQ(findings[0].lasted, 1h);
  EXPECT_THAT(findings[0].summary,
              HasSubstr("goes on without its main thread, which died in the kernel: BUG"));
  EXPECT_THAT(found_in(scene.heard(a_report(11, 1h)), scene), IsEmpty()) << "of another thread";
  EXPECT_THAT(found_in(scene.heard(a_report(10, 101h)), scene), IsEmpty()) << "from before it was born";
}

}  // namespace
}  // namespace wedged
