// SPDX-License-Identifier: Apache-2.0
// What is found, how sure it is, and who is one finding. The words: spin_text_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>

#include "support.h"
#include "support/loops.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_loop;
using test::a_thread;
using test::descriptor;
using test::found;
using test::found_unchanged;
using test::LoopBuilder;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

// Of certainty alone; nothing is found of the healthy.
std::optional<Certainty> judged(const LoopFacts& loop) {
  const auto findings = found_unchanged(a_thread().spinning(loop));
  if (findings.empty()) return std::nullopt;
  EXPECT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::event_loop_spin);
  return findings[0].certainty;
}

// Returned by its waits over and over, and used so often in that time.
LoopBuilder with_use(std::uint64_t used) {
  return a_loop().returning(descriptor(12).returned(100'000).used(used));
}

TEST(EventLoopSpin, is_certain_with_a_descriptor_that_is_always_ready_and_untouched) {
  const auto findings = found_unchanged(a_thread().spinning(a_loop().returning(descriptor(12))));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::event_loop_spin);
  EXPECT_EQ(findings[0].certainty, Certainty::certain);
  EXPECT_EQ(findings[0].since, test::test_now - 6s);
  EXPECT_FALSE(findings[0].since_exact) << "compared from scan to scan";
  EXPECT_EQ(findings[0].lasted, 6s);
  EXPECT_EQ(findings[0].rates, (CallRates{412'000, 0, 0}));
  EXPECT_EQ(findings[0].unit, "victim.service");
}

TEST(EventLoopSpin, is_likely_where_the_descriptors_could_not_be_looked_at) {
  EXPECT_EQ(judged(a_loop()), Certainty::likely);
  EXPECT_EQ(judged(a_loop().watched()), Certainty::likely) << "nothing was returned meanwhile";
}

TEST(EventLoopSpin, fires_at_the_threshold_give_or_take_the_punctuality_of_scans) {
  EXPECT_EQ(judged(a_loop().spinning_for(4899ms).ready(412'000)), std::nullopt);
  EXPECT_NE(judged(a_loop().spinning_for(4950ms).ready(412'000)), std::nullopt);
}

TEST(EventLoopSpin, of_a_longer_configured_threshold) {
  Thresholds thresholds;
  thresholds.event_loop_spin = 7s;
  EXPECT_THAT(found_unchanged(a_thread().spinning(a_loop()), thresholds), IsEmpty());
}

TEST(EventLoopSpin, needs_two_samples_of_the_same_spin) {
  const Task spins = a_thread().spinning(a_loop());
  const Task anew = a_thread().spinning(a_loop().spinning_for(7s).ready(412'000));
  EXPECT_THAT(found({}, {spins}), IsEmpty());
  EXPECT_THAT(found({anew}, {spins}), IsEmpty());
}

TEST(EventLoopSpin, a_loop_that_works_does_not_spin) {
  LoopFacts works = a_loop().returning(descriptor(12));
  works.spinning_since.reset();
  EXPECT_EQ(judged(works), std::nullopt);
  EXPECT_THAT(found_unchanged(a_thread().running()), IsEmpty());
}

TEST(EventLoopSpin, useful_work_beside_it_makes_it_no_less_certain) {
  EXPECT_EQ(judged(a_loop().productive(48).returning(descriptor(12))), Certainty::certain);
}

TEST(EventLoopSpin, a_descriptor_that_another_thread_works_off_is_no_culprit) {
  EXPECT_EQ(judged(with_use(100'000)), std::nullopt);
  EXPECT_EQ(judged(with_use(2'000)), std::nullopt);
  EXPECT_EQ(judged(with_use(1'999)), Certainty::likely) << "hardly ever";
  EXPECT_EQ(judged(with_use(1)), Certainty::likely);
  EXPECT_EQ(judged(with_use(0)), Certainty::certain);
}

TEST(EventLoopSpin, an_edge_triggered_descriptor_is_returned_for_a_cause_each_time) {
  EXPECT_EQ(judged(a_loop().returning(descriptor(12).edge_triggered())), std::nullopt);
}

TEST(EventLoopSpin, one_shot_and_exclusive_descriptors_are_level_triggered) {
  for (const auto flag : {event_oneshot, event_exclusive})
    EXPECT_EQ(judged(a_loop().returning(descriptor(12).asked(event_in | flag))), Certainty::certain);
}

TEST(EventLoopSpin, what_is_returned_less_often_than_others_is_not_always_ready) {
  const auto findings =
      found_unchanged(a_thread().spinning(a_loop()
                                              .returning(descriptor(7).returned(100'000).used(60'000))
                                              .returning(descriptor(12).returned(90'000))
                                              .returning(descriptor(8).edge_triggered())));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].certainty, Certainty::likely) << "returned less often than 90 % of the first";
}

TEST(EventLoopSpin, what_is_returned_by_practically_every_wait_is_always_ready) {
  const auto beside = [](std::uint64_t returned) {
    return a_loop()
        .returning(descriptor(7).returned(100'000).used(60'000))
        .returning(descriptor(12).returned(returned));
  };
  EXPECT_EQ(judged(beside(90'000)), Certainty::certain);
  EXPECT_EQ(judged(beside(89'999)), Certainty::likely);
}

TEST(EventLoopSpin, a_look_that_missed_something_makes_nothing_certain) {
  EXPECT_EQ(judged(a_loop().returning(descriptor(12)).incomplete()), Certainty::likely);
}

TEST(EventLoopSpin, a_short_look_makes_nothing_certain) {
  EXPECT_EQ(judged(a_loop().watched(999ms).returning(descriptor(12))), Certainty::likely);
  EXPECT_EQ(judged(a_loop().watched(1s).returning(descriptor(12))), Certainty::certain);
}

TEST(EventLoopSpin, a_descriptor_that_is_closed_here_and_open_elsewhere_is_certain) {
  EXPECT_EQ(judged(a_loop().returning(descriptor(-1).held_by({{901, 5}, "child", 7}))), Certainty::certain);
}

TEST(EventLoopSpin, of_what_is_found_nowhere_nobody_knows_whether_it_was_used) {
  EXPECT_EQ(judged(a_loop().returning(descriptor(-1))), Certainty::likely);
  EXPECT_EQ(judged(a_loop().returning(descriptor(-1).returned(9)).returning(descriptor(7).used(1'000'000))),
            std::nullopt)
      << "returned now and then";
  EXPECT_EQ(judged(a_loop().returning(descriptor(-1)).returning(descriptor(7))), Certainty::certain);
}

TEST(EventLoopSpin, a_socket_of_an_unknown_family_may_be_worked_off_in_memory) {
  EXPECT_EQ(judged(a_loop().returning(descriptor(12).file("socket:[99]"))), Certainty::likely);
  EXPECT_EQ(judged(a_loop().returning(descriptor(12).socket({"netlink", "", "", ""}))), Certainty::certain);
}

TEST(EventLoopSpin, what_a_look_has_seen_stays_true_when_it_is_over) {
  LoopFacts loop = a_loop().returning(descriptor(12));
  loop.watch->since -= 100s;
  loop.watch->until -= 100s;
  EXPECT_EQ(judged(loop), Certainty::certain);
  loop.watch->until = loop.watch->since + 999ms;
  EXPECT_EQ(judged(loop), Certainty::likely);
}

TEST(EventLoopSpin, rings_in_shared_memory_are_worked_off_without_a_call) {
  for (const char* file : {"anon_inode:[perf_event]", "anon_inode:[io_uring]", "anon_inode:bpf-map",
                           "/dev/snd/pcmC0D0p", "/dev/infiniband/uverbs0"})
    EXPECT_EQ(judged(a_loop().returning(descriptor(12).file(file))), std::nullopt) << file;
  for (const char* family : {"family 17", "family 44"})
    EXPECT_EQ(judged(a_loop().returning(descriptor(12).socket({family, "", "", ""}))), std::nullopt)
        << family;
  EXPECT_EQ(judged(a_loop().returning(descriptor(12).file("anon_inode:[perf_event]").reported(event_hup))),
            Certainty::certain)
      << "its task has ended";
}

TEST(EventLoopSpin, a_race_that_another_process_wins_is_possible_only) {
  const auto loses = [](std::uint32_t reported, int fails_on) {
    return a_loop()
        .failing(412'000, SYS_accept4, EAGAIN, fails_on)
        .returning(descriptor(5).reported(reported));
  };
  EXPECT_EQ(judged(loses(event_in, 5)), Certainty::possible);
  EXPECT_EQ(judged(loses(event_in, 6)), Certainty::certain) << "of another descriptor";
  EXPECT_EQ(judged(loses(event_out, 5)), Certainty::certain) << "no read ends that it is writable";
}

struct Failure {
  int call;
  int error;
  Certainty certainty;
};

void PrintTo(const Failure& failure, std::ostream* out) {
  *out << "call " << failure.call << ", error " << failure.error;
}

class FailingAlike : public testing::TestWithParam<Failure> {};

TEST_P(FailingAlike, is_as_sure_as_the_call_cannot_succeed) {
  const auto& [call, error, certainty] = GetParam();
  EXPECT_EQ(judged(a_loop().ready(0).failing(2'000, call, error)), certainty);
}

INSTANTIATE_TEST_SUITE_P(
    EventLoopSpin, FailingAlike,
    testing::Values(
        Failure{SYS_accept4, EMFILE, Certainty::certain}, Failure{SYS_accept, ENFILE, Certainty::certain},
        Failure{SYS_accept4, ECONNABORTED, Certainty::likely},
        Failure{SYS_accept4, EAGAIN, Certainty::possible}, Failure{SYS_read, 0, Certainty::likely},
        Failure{SYS_write, 0, Certainty::likely}, Failure{SYS_read, EMFILE, Certainty::likely},
        Failure{SYS_read, EBADF, Certainty::certain}, Failure{SYS_read, ECONNRESET, Certainty::certain},
        Failure{SYS_write, EPIPE, Certainty::certain}, Failure{SYS_sendto, ENOTCONN, Certainty::certain},
        Failure{SYS_sendto, ENOTSOCK, Certainty::certain}, Failure{SYS_read, EINVAL, Certainty::certain},
        Failure{SYS_read, EIO, Certainty::likely}, Failure{SYS_recvfrom, EAGAIN, Certainty::possible}));

TEST(EventLoopSpin, an_end_of_file_is_certain_of_what_has_an_end) {
  const auto read_to_its_end = [](const ReadyDescriptor& what) {
    return judged(a_loop().ready(0).failing(2'000, SYS_recvfrom, 0).failing_on(what));
  };
  const auto socket = [](const std::string& protocol, const std::string& state) {
    return descriptor(5).file("socket:[7]").socket({protocol, "", "", state});
  };
  EXPECT_EQ(read_to_its_end(descriptor(5).file("pipe:[7]")), Certainty::certain);
  EXPECT_EQ(read_to_its_end(descriptor(5).file("/dev/null")), Certainty::certain);
  EXPECT_EQ(read_to_its_end(socket("tcp", "CLOSE_WAIT")), Certainty::certain);
  EXPECT_EQ(read_to_its_end(socket("unix", "ESTABLISHED")), Certainty::certain);
  EXPECT_EQ(read_to_its_end(socket("udp", "")), std::nullopt) << "an empty datagram";
  EXPECT_EQ(read_to_its_end(socket("family 44", "")), std::nullopt) << "AF_XDP: it kicks the driver";
  EXPECT_EQ(read_to_its_end(descriptor(5).file("/dev/ttyS0")), Certainty::possible) << "VMIN may be 0";
  EXPECT_EQ(read_to_its_end(descriptor(5).file("")), Certainty::likely) << "nobody knows what it is";
}

TEST(EventLoopSpin, a_failing_call_on_an_unknown_descriptor_is_likely) {
  EXPECT_EQ(judged(a_loop().ready(0).failing(2'000, SYS_accept4, EMFILE, -1)), Certainty::likely);
  EXPECT_EQ(judged(a_loop().ready(0).failing(2'000, SYS_read, 0, -1)), Certainty::likely);
  EXPECT_EQ(judged(a_loop().ready(0).failing(2'000, SYS_read, EBADF, -1)), Certainty::certain)
      << "-1 is what it was handed";
}

TEST(EventLoopSpin, calls_that_fail_each_in_its_own_way_are_not_told_of) {
  EXPECT_EQ(judged(a_loop().ready(0).fruitless(2'000)), std::nullopt);
}

TEST(EventLoopSpin, a_few_calls_that_fail_beside_waits_that_are_worked_off_are_nothing) {
  EXPECT_EQ(judged(with_use(100'000).failing(1'000, SYS_read, EIO)), std::nullopt);
  EXPECT_EQ(judged(with_use(100'000).failing(1'001, SYS_read, EIO)), Certainty::likely);
}

TEST(EventLoopSpin, who_finds_worked_off_what_others_were_faster_with_does_not_poll) {
  EXPECT_EQ(judged(with_use(100'000).failing(412'000, SYS_read, EAGAIN)), std::nullopt);
}

TEST(EventLoopSpin, accept_at_the_descriptor_limit_is_certain_though_it_works_now_and_then) {
  EXPECT_EQ(judged(with_use(3).failing(84'000, SYS_accept4, EMFILE, 12)), Certainty::certain);
}

TEST(EventLoopSpin, kernel_threads_and_those_that_exit_do_not_spin) {
  EXPECT_THAT(found_unchanged(a_thread().kernel_thread().spinning(a_loop())), IsEmpty());
  EXPECT_THAT(found_unchanged(a_thread().spinning(a_loop()).dead()), IsEmpty());
  Task exiting = a_thread().spinning(a_loop());
  exiting.exiting = true;
  EXPECT_THAT(found_unchanged(exiting), IsEmpty());
}

TEST(EventLoopSpin, goes_on_while_the_thread_sleeps_or_computes_at_the_moment_of_the_scan) {
  for (const auto state : {RunState::sleeping, RunState::running})
    EXPECT_THAT(found_unchanged(a_thread().spinning(a_loop()).state(state)), SizeIs(1));
}

TEST(EventLoopSpin, time_that_the_monitor_did_not_run_does_not_count) {
  History history{1s};
  const Task task = a_thread().spinning(a_loop().spinning_for(6s));
  (void)history.advance(test::snapshot_of({task}, -5s));
  EXPECT_THAT(diagnose(history.advance(test::snapshot_of({task}, 5s)), {}), IsEmpty());
}

Task thread_of(int tid, const LoopFacts& loop) {
  return a_thread().thread(tid).spinning(loop);
}

std::vector<Finding> found_of(const std::vector<Task>& tasks) {
  return found(tasks, tasks);
}

TEST(EventLoopSpin, threads_around_one_epoll_instance_are_one_finding_of_the_busiest) {
  const auto on = [](int tid, double rate) {
    return thread_of(tid, a_loop().ready(rate).returning(descriptor(tid)));
  };
  const auto findings = found_of({on(4243, 2'000), on(4244, 9'000), on(4245, 3'000)});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].task.id.tid, 4244);
  EXPECT_EQ(findings[0].key.task.tid, 4243) << "whoever is busiest in the next scan";
  EXPECT_THAT(findings[0].threads, SizeIs(3));
  EXPECT_EQ(findings[0].threads[0].task.id.tid, 4244);
}

TEST(EventLoopSpin, threads_with_epoll_instances_of_their_own_and_one_culprit_are_one_finding) {
  const auto on = [](int tid, int epoll) {
    return thread_of(tid, a_loop().waiting_with(SYS_epoll_wait, epoll).returning(descriptor(12)));
  };
  EXPECT_THAT(found_of({on(4243, 3), on(4244, 4)}), SizeIs(1));
}

TEST(EventLoopSpin, threads_with_nothing_in_common_are_findings_of_their_own) {
  const auto on = [](int tid, int epoll) {
    return thread_of(tid, a_loop().waiting_with(SYS_epoll_wait, epoll).returning(descriptor(tid)));
  };
  EXPECT_THAT(found_of({on(4243, 3), on(4244, 4)}), SizeIs(2));
  EXPECT_THAT(found_of({thread_of(4243, a_loop()), thread_of(4244, a_loop())}), SizeIs(2))
      << "nothing is known";
}

TEST(EventLoopSpin, who_connects_two_makes_three_one) {
  const auto on = [](int tid, int epoll, int number) {
    return thread_of(tid, a_loop().waiting_with(SYS_epoll_wait, epoll).returning(descriptor(number)));
  };
  EXPECT_THAT(found_of({on(4243, 3, 12), on(4244, 4, 13), on(4245, 4, 12)}), SizeIs(1));
}

TEST(EventLoopSpin, the_same_number_in_two_processes_is_two_descriptors) {
  const auto loop = a_loop().returning(descriptor(12));
  EXPECT_THAT(found_of({a_thread().of_process(10).spinning(loop), a_thread().of_process(20).spinning(loop)}),
              SizeIs(2));
}

TEST(EventLoopSpin, closed_descriptors_are_told_apart_by_what_was_registered_with_them) {
  const auto on = [](int tid, std::uint64_t data) {
    ReadyDescriptor closed = descriptor(-1).held_by({{901, 5}, "child", 7});
    closed.data = data;
    return thread_of(tid, a_loop().waiting_with(SYS_epoll_wait, tid).returning(closed));
  };
  EXPECT_THAT(found_of({on(4243, 1), on(4244, 1)}), SizeIs(1));
  EXPECT_THAT(found_of({on(4243, 1), on(4244, 2)}), SizeIs(2));
}

TEST(EventLoopSpin, the_surest_thread_speaks_for_all) {
  const auto sure = thread_of(4244, a_loop().ready(2'000).returning(descriptor(12)));
  const auto unsure = thread_of(4243, a_loop().ready(9'000).watched(100ms).returning(descriptor(12)));
  const auto findings = found_of({unsure, sure});
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].certainty, Certainty::certain);
  EXPECT_EQ(findings[0].task.id.tid, 4244);
}

TEST(EventLoopSpin, who_waits_for_a_lock_of_a_spinning_thread_is_no_victim) {
  EXPECT_FALSE(is_root(Cause::event_loop_spin)) << "it goes on beside";
}

}  // namespace
}  // namespace wedged
