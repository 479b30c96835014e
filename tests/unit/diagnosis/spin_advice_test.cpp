// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/spin_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>

#include "diagnosis/cause_text.h"
#include "support.h"
#include "support/loops.h"

namespace wedged {
namespace {

using test::a_loop;
using test::a_thread;
using test::descriptor;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

std::vector<std::string> advice_for(const LoopFacts& loop) {
  const auto findings = test::found_unchanged(a_thread().spinning(loop));
  return findings.size() == 1 ? findings.front().advice : std::vector<std::string>{};
}

std::vector<std::string> advice_for(const ReadyDescriptor& ready) {
  return advice_for(a_loop().returning(ready));
}

struct Sight {
  const char* name;
  ReadyDescriptor ready;
  const char* advice;  // how it begins
};

void PrintTo(const Sight& sight, std::ostream* out) {
  *out << sight.name;
}

class SpinAdvice : public testing::TestWithParam<Sight> {};

TEST_P(SpinAdvice, is_what_that_descriptor_needs) {
  const auto advice = advice_for(GetParam().ready);
  EXPECT_THAT(advice, ElementsAre(StartsWith(GetParam().advice))) << GetParam().name;
  EXPECT_TRUE(advice.at(0).ends_with('.'));
}

INSTANTIATE_TEST_SUITE_P(
    Descriptor, SpinAdvice,
    testing::Values(
        Sight{"an error that nobody asked for", descriptor(12).reported(event_err | event_hup),
              "Take EPOLLERR|EPOLLHUP as readable and writable"},
        Sight{"beside what was asked for", descriptor(12).reported(event_in | event_hup),
              "Take EPOLLHUP as readable and writable"},
        Sight{"not open", descriptor(12).reported(event_invalid), "Take the descriptor out of the set"},
        Sight{"a timer", descriptor(12).file("anon_inode:[timerfd]"), "Read the timer (8 bytes)"},
        Sight{"an eventfd", descriptor(12).file("anon_inode:[eventfd]"), "Read the eventfd (8 bytes)"},
        Sight{"a signalfd", descriptor(12).file("anon_inode:[signalfd]"), "Read the signalfd"},
        Sight{"inotify", descriptor(12).file("anon_inode:inotify"), "Read the events of inotify"},
        Sight{"fanotify", descriptor(12).file("anon_inode:[fanotify]"), "Read the events of fanotify"},
        Sight{"a process that ended", descriptor(12).file("anon_inode:[pidfd]"), "Reap the child"},
        Sight{"room to write", descriptor(12).asked(event_in | event_out).reported(event_out),
              "Ask for EPOLLOUT only while data is queued"},
        Sight{"a connection to accept", descriptor(12).socket({"tcp", "0.0.0.0:80", "", "LISTEN"}),
              "Accept what waits at the listening socket"},
        Sight{"a peer that closed", descriptor(12).socket({"tcp", "a:1", "b:2", "CLOSE_WAIT"}),
              "The other end has closed: read until read returns 0"},
        Sight{"a peer that shut down", descriptor(12).asked(event_rdhup).reported(event_rdhup),
              "The other end has closed"},
        Sight{"a pipe without a writer", descriptor(12).other_end({true, false, {}, 0, true}),
              "The other end has closed"},
        Sight{"data", descriptor(12),
              "Read or write what the descriptor is ready for, or stop asking for EPOLLIN"},
        Sight{"a file that is closed here", descriptor(-1).held_by({{901, 5}, "child", 7}),
              "Call epoll_ctl with EPOLL_CTL_DEL before close: child[901] has a duplicate"}));

TEST(SpinAdvice, accept_at_the_limit_raises_it_and_keeps_a_spare) {
  const auto advice = advice_for(a_loop().failing(84'000, SYS_accept4, EMFILE, 5).returning(descriptor(5)));
  EXPECT_THAT(advice, ElementsAre(HasSubstr("LimitNOFILE="), StartsWith("Keep a spare descriptor")))
      << "that the listener is readable needs no advice of its own";
  EXPECT_THAT(advice_for(a_loop().failing(84'000, SYS_accept4, ENFILE, 5)).at(0), HasSubstr("fs.file-max"));
}

TEST(SpinAdvice, of_calls_that_fail) {
  const auto of = [](int call, int error) {
    return advice_for(a_loop().ready(0).failing(2'000, call, error));
  };
  EXPECT_THAT(of(SYS_read, 0), ElementsAre(StartsWith("End of file: a read that returns 0")));
  EXPECT_THAT(of(SYS_read, EBADF), ElementsAre(StartsWith("The descriptor is not open")));
  EXPECT_THAT(of(SYS_read, EAGAIN), ElementsAre(StartsWith("Wait for the descriptor with poll or epoll")));
  EXPECT_THAT(of(SYS_write, EPIPE), ElementsAre(HasSubstr("the error of write, which fails with EPIPE")));
}

TEST(SpinAdvice, is_told_once_for_descriptors_of_one_kind_and_for_few_kinds) {
  EXPECT_THAT(advice_for(a_loop().returning(descriptor(12)).returning(descriptor(13))), SizeIs(1));
  auto loop = a_loop();
  for (const char* file : {"[timerfd]", "[eventfd]", "[signalfd]", "inotify", "fanotify"})
    loop.returning(descriptor(12).file(file));
  EXPECT_THAT(advice_for(loop), SizeIs(4));
}

TEST(SpinAdvice, is_that_of_the_cause_where_nothing_was_seen) {
  EXPECT_EQ(advice_for(a_loop()), advice_of(Cause::event_loop_spin));
}

}  // namespace
}  // namespace wedged
