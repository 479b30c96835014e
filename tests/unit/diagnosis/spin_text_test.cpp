// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/spin_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>

#include "diagnosis/event_names.h"
#include "diagnosis/loop_text.h"
#include "diagnosis/why.h"
#include "support.h"
#include "support/loops.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_loop;
using test::a_thread;
using test::descriptor;
using test::LoopBuilder;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Peer client{{901, 5}, "client", 7};

// Of thread 815 of memcached.
Finding told(const LoopFacts& loop) {
  const Task task = a_thread().of_process(812).thread(815).named("memcached").spinning(loop);
  const auto findings = test::found_unchanged(task);
  if (findings.size() == 1) return findings.front();
  ADD_FAILURE() << findings.size() << " findings in place of one";
  return {};
}

// F4: a peer has reset the connection, and the handler looks at EPOLLIN only.
LoopBuilder a_reset_connection() {
  return a_loop().returning(descriptor(12)
                                .reported(event_err | event_hup)
                                .socket({"tcp", "10.0.0.1:11211", "10.0.0.2:40312", "CLOSE"})
                                .other_end({false, false, {client}, 1, false}));
}

LoopBuilder at_the_descriptor_limit() {
  return a_loop()
      .ready(84'000)
      .failing(84'000, SYS_accept4, EMFILE, 5)
      .returning(descriptor(5).socket({"tcp", "0.0.0.0:80", "", "LISTEN"}));
}

TEST(SpinText, a_descriptor_with_an_error_that_nobody_asked_for) {
  const auto finding = told(a_reset_connection());
  EXPECT_EQ(
      finding.summary,
      "memcached[812] thread 815 spins: epoll_wait returned 412,000 times/s for 6 s and nothing was done; "
      "descriptor 12 (tcp 10.0.0.1:11211 -> 10.0.0.2:40312 CLOSE) is always ready with "
      "EPOLLERR|EPOLLHUP, asked for EPOLLIN");
  EXPECT_THAT(
      finding.evidence,
      ElementsAre("it has spun for 6 s (reported from 5 s on)",
                  "epoll_wait returned with something ready 412,000 times/s (limit 1,000/s)",
                  "no call consumed, delivered or changed anything",
                  "looked at for 4 s; open descriptors registered: 1, of these ready now: 1",
                  "descriptor 12 (tcp 10.0.0.1:11211 -> 10.0.0.2:40312 CLOSE): asked for EPOLLIN, reported "
                  "EPOLLERR|EPOLLHUP; returned 1,648,000 times, used 0 times"));
  EXPECT_THAT(finding.chain, ElementsAre(BlameLink{"waits with", "epoll_wait on descriptor 3"},
                                         BlameLink{"for descriptor", "12 (socket:[99])"},
                                         BlameLink{"which is", "tcp 10.0.0.1:11211 -> 10.0.0.2:40312 CLOSE"},
                                         BlameLink{"whose other end is", "held by client[901]"}));
  EXPECT_EQ(finding.threads.at(0).waits_for, "nothing: it spins in epoll_wait");
}

TEST(SpinText, a_loop_that_is_reported_has_never_spun_for_less_than_what_is_reported) {
  const auto finding = told(a_reset_connection().spinning_for(4950ms));
  EXPECT_THAT(finding.evidence, Contains("it has spun for 5 s (reported from 5 s on)"));
  EXPECT_THAT(finding.summary, HasSubstr(" times/s for 5 s and nothing was done"));
}

TEST(SpinText, useful_work_beside_it_is_told) {
  const auto finding = told(a_reset_connection().productive(48));
  EXPECT_THAT(finding.summary, HasSubstr("for 6 s and only 48 calls/s did anything; descriptor 12"));
  EXPECT_THAT(finding.evidence, Contains(HasSubstr("useful work goes on beside it: 48 calls/s")));
}

TEST(SpinText, accept_at_the_descriptor_limit) {
  Task task = a_thread().of_process(812).named("nginx").spinning(at_the_descriptor_limit());
  task.details->descriptor_limit = 1024;
  const auto finding = test::found_unchanged(task).at(0);
  EXPECT_EQ(
      finding.summary,
      "nginx[812] spins: epoll_wait returned 84,000 times/s for 6 s and nothing was done; descriptor 5 (tcp "
      "0.0.0.0:80 LISTEN) is always ready with EPOLLIN, asked for EPOLLIN; each accept4 on it fails with "
      "EMFILE");
  EXPECT_THAT(finding.evidence, Contains("limit of open descriptors (RLIMIT_NOFILE): 1,024"));
  EXPECT_EQ(finding.chain.back(), (BlameLink{"calls", "accept4, which fails with EMFILE"}));
}

TEST(SpinText, the_descriptor_limit_is_no_evidence_of_other_failures) {
  Task task = a_thread().spinning(a_reset_connection());
  task.details->descriptor_limit = 1024;
  EXPECT_THAT(test::found_unchanged(task).at(0).evidence, Not(Contains(HasSubstr("RLIMIT_NOFILE"))));
}

TEST(SpinText, a_failing_call_on_another_descriptor_than_the_one_that_is_ready) {
  const auto finding = told(a_reset_connection().failing(2'000, SYS_read, 0, 13));
  EXPECT_THAT(finding.summary, EndsWith("; read on descriptor 13 returns 0 (end of file) 2,000 times/s"));
}

TEST(SpinText, a_call_that_fails_without_any_wait) {
  const auto finding = told(a_loop().ready(0).productive(0.4).failing(2'000, SYS_read, 0, 7));
  EXPECT_EQ(
      finding.summary,
      "memcached[812] thread 815 spins: read on descriptor 7 returns 0 (end of file), 2,000 times/s for 6 s, "
      "and next to nothing was done");
  EXPECT_THAT(finding.chain, ElementsAre(BlameLink{"calls", "read, which returns 0 (end of file)"},
                                         BlameLink{"on", "descriptor 7"}));
}

TEST(SpinText, the_descriptor_of_a_failing_call_is_named_where_the_thread_is_in_it) {
  FileFacts pipe;
  pipe.path = "pipe:[1]";
  Task task =
      a_thread().in_call(SYS_read).on_file(pipe).spinning(a_loop().ready(0).failing(2'000, SYS_read, 0, 7));
  task.call->arguments = {7, 0, 0, 0, 0, 0};
  EXPECT_THAT(test::found_unchanged(task).at(0).summary,
              HasSubstr("read on descriptor 7 (pipe:[1]) returns 0"));
  task.call->arguments = {8, 0, 0, 0, 0, 0};
  EXPECT_THAT(test::found_unchanged(task).at(0).summary, HasSubstr("read on descriptor 7 returns 0"));
}

TEST(SpinText, what_may_be_on_purpose_polls) {
  EXPECT_THAT(told(a_loop().ready(0).failing(300'000, SYS_recvfrom, EAGAIN, 5)).summary,
              HasSubstr("815 polls: recvfrom on descriptor 5 fails with EAGAIN, 300,000 times/s"));
  EXPECT_THAT(told(a_loop().failing(412'000, SYS_accept4, EAGAIN, 5).returning(descriptor(5))).summary,
              HasSubstr("815 polls: epoll_wait returned"));
}

TEST(SpinText, what_could_not_be_looked_at_is_said) {
  const auto finding = told(a_loop());
  EXPECT_EQ(
      finding.summary,
      "memcached[812] thread 815 spins: its wait for events returned 412,000 times/s for 6 s and nothing was "
      "done");
  EXPECT_THAT(finding.evidence, Contains("the descriptors that it waits for could not be looked at"));
  EXPECT_THAT(finding.chain, ElementsAre(BlameLink{"waits with", "its wait for events"}));
  EXPECT_THAT(told(a_reset_connection().incomplete()).evidence,
              Contains("not all of it could be noted: more may have been used"));
}

TEST(SpinText, the_call_it_waits_with_is_known_where_it_is_in_one) {
  const Task task = a_thread().in_call(SYS_ppoll).spinning(a_loop());
  EXPECT_THAT(test::found_unchanged(task).at(0).summary, HasSubstr("spins: ppoll returned 412,000 times/s"));
  const Task reads = a_thread().in_call(SYS_read).spinning(a_loop());
  EXPECT_THAT(test::found_unchanged(reads).at(0).summary, HasSubstr("spins: its wait for events returned"));
}

TEST(SpinText, poll_has_names_of_its_own_and_no_instance) {
  const auto finding =
      told(a_loop().waiting_with(SYS_poll).returning(descriptor(4).reported(event_hup).file("pipe:[1]")));
  EXPECT_THAT(finding.summary,
              EndsWith("; descriptor 4 (pipe:[1]) is always ready with POLLHUP, asked for POLLIN"));
  EXPECT_THAT(finding.evidence, Contains("looked at for 4 s"));
  EXPECT_EQ(finding.chain.front(), (BlameLink{"waits with", "poll"}));
}

TEST(SpinText, several_descriptors_are_named_worst_first) {
  auto loop = a_loop().returning(descriptor(12)).returning(descriptor(7));
  EXPECT_THAT(told(loop).summary, EndsWith("asked for EPOLLIN, and so is descriptor 7"));
  EXPECT_THAT(told(loop.returning(descriptor(8))).summary, EndsWith(", and so are descriptors 7, 8"));
}

TEST(SpinText, of_many_descriptors_some_are_told) {
  auto loop = a_loop();
  for (int number = 10; number < 20; ++number) loop.returning(descriptor(number));
  const auto finding = told(loop);
  EXPECT_THAT(finding.summary, EndsWith("descriptors 11, 12, 13, 14, 15, 16, ..."));
  EXPECT_EQ(finding.evidence.back(), "4 more descriptors were returned");
}

TEST(SpinText, a_descriptor_that_is_closed_here_has_no_number) {
  const auto finding = told(a_loop().returning(descriptor(-1).file("pipe:[1]").held_by(client)));
  EXPECT_THAT(
      finding.summary,
      HasSubstr("; a descriptor that is closed here and open in client[901] as descriptor 7 (pipe:[1]) is "
                "always ready"));
  EXPECT_EQ(finding.chain.at(1),
            (BlameLink{"for descriptor", "one that is closed here and open elsewhere (pipe:[1])"}));
  EXPECT_EQ(finding.chain.at(2), (BlameLink{"which is open in", "client[901]"}));
  EXPECT_THAT(told(a_loop().returning(descriptor(-1).file(""))).evidence.back(),
              HasSubstr("something that is open nowhere to be seen: asked for EPOLLIN"));
}

TEST(SpinText, one_that_is_used_now_and_then_is_not_called_always_ready) {
  EXPECT_THAT(told(a_loop().returning(descriptor(12).used(9))).summary,
              HasSubstr("descriptor 12 (pipe:[99]) is returned over and over as ready with EPOLLIN"));
}

TEST(SpinText, flags_are_evidence_but_not_asked_for) {
  const auto finding = told(a_loop().returning(descriptor(12).asked(event_in | event_oneshot)));
  EXPECT_THAT(finding.summary, EndsWith("asked for EPOLLIN"));
  EXPECT_THAT(finding.evidence.back(), HasSubstr("asked for EPOLLIN|EPOLLONESHOT"));
}

TEST(SpinText, threads_around_the_same_are_counted) {
  const Task one = a_thread().spinning(a_reset_connection());
  const Task other = a_thread().thread(4243).spinning(a_reset_connection());
  EXPECT_THAT(test::found({one, other}, {one, other}).at(0).evidence,
              Contains("2 threads of the process spin around the same"));
}

TEST(SpinText, why_says_of_each_thread_that_it_spins) {
  const auto does = [](const LoopFacts& loop) {
    History history{1s};
    const Task task = a_thread().in_call(SYS_epoll_wait).spinning(loop);
    (void)history.advance(test::snapshot_of({task}, -1s));
    return explain(history.advance(test::snapshot_of({task}, {})), {}, 4242)->threads.at(0).does;
  };
  EXPECT_EQ(does(a_reset_connection()), "spins in epoll_wait");
  EXPECT_EQ(does(a_loop().ready(0).failing(2'000, SYS_recvfrom, EAGAIN)), "polls with recvfrom");
  EXPECT_EQ(does(a_loop().returning(descriptor(5).edge_triggered())), "runs in epoll_wait") << "it works";
}

TEST(SpinText, rates_have_three_digits_that_tell_and_counts_have_all) {
  EXPECT_EQ(spoken_rate(0), "no");
  EXPECT_EQ(spoken_rate(0.2), "less than 1");
  EXPECT_EQ(spoken_rate(47.6), "48");
  EXPECT_EQ(spoken_rate(999.9), "1,000");
  EXPECT_EQ(spoken_rate(84'449), "84,400");
  EXPECT_EQ(spoken_rate(411'873), "412,000");
  EXPECT_EQ(spoken_rate(1e300), "1,000,000,000,000,000");
  EXPECT_EQ(spoken_count(0), "0");
  EXPECT_EQ(spoken_count(999), "999");
  EXPECT_EQ(spoken_count(1'648'007), "1,648,007");
}

TEST(SpinText, events_have_their_names) {
  EXPECT_THAT(event_names(event_in | event_rdhup | event_edge_triggered, true),
              ElementsAre("EPOLLIN", "EPOLLRDHUP", "EPOLLET"));
  EXPECT_THAT(event_names(event_pri | event_out | event_invalid, false),
              ElementsAre("POLLPRI", "POLLOUT", "POLLNVAL"));
  EXPECT_THAT(event_names(0, true), IsEmpty());
  EXPECT_EQ(describe_events(0, true), "nothing");
}

}  // namespace
}  // namespace wedged
