// SPDX-License-Identifier: Apache-2.0
// The parent's end with children that are late, die or speak nonsense.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "asking.h"
#include "inspector/inspector.h"

namespace wedged::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

TEST(OddChild, that_is_late_is_killed_and_what_it_was_doing_is_said) {
  Inspector inspector(odd("mute"), {.deadline = soon});
  EXPECT_EQ(failure_of(inspector, request_for(10)), "no answer within 3 s: it was reading its memory map");
  EXPECT_EQ(inspector.stats().deadlines_missed, 1U);
  EXPECT_EQ(inspector.child(), 0);
  EXPECT_EQ(failure_of(inspector, request_for(10)), "no answer within 3 s: it was reading its memory map");
  EXPECT_EQ(inspector.stats().started, 2U);
}

TEST(OddChild, that_is_late_does_not_hold_up_collect) {
  Inspector inspector(odd("mute"), {.deadline = seconds(1)});
  inspector.request(request_for(10));
  const Instant begin = now();
  EXPECT_TRUE(inspector.collect(begin).empty());
  EXPECT_TRUE(inspector.collect(begin + milliseconds(999)).empty());
  EXPECT_EQ(inspector.collect(begin + seconds(1)).size(), 1U);
}

// The first takes a whole deadline; the others a quarter of it, as long as somebody waits who was no trouble,
// and a whole one after that.
TEST(OddChild, that_is_late_once_gets_little_time_while_others_wait_and_all_of_it_later) {
  Inspector inspector(odd("mute"), {.deadline = seconds(1)});
  Instant at = now();
  for (int process = 10; process < 14; ++process) inspector.request(request_for(process));
  const auto after = [&](Duration more) {
    at += more;
    // The ones that were killed need a moment to die.
    std::this_thread::sleep_for(milliseconds(20));
    return inspector.collect(at);
  };
  EXPECT_TRUE(after({}).empty());
  auto replies = after(seconds(1));
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0].process.tgid, 10);
  for (int process = 11; process < 13; ++process) EXPECT_TRUE(after(milliseconds(250)).empty()) << process;
  for (const int process : {13, 11, 12}) {
    EXPECT_TRUE(after(milliseconds(999)).empty()) << process;
    replies = after(milliseconds(1));
    ASSERT_EQ(replies.size(), 1U) << process;
    EXPECT_EQ(replies[0].process.tgid, process);
  }
  EXPECT_EQ(inspector.stats().deadlines_missed, 4U);
}

TEST(OddChild, that_crashes_is_replaced) {
  Inspector inspector(odd("crashing"), {.deadline = long_enough});
  for (unsigned round = 1; round <= 3; ++round) {
    EXPECT_EQ(failure_of(inspector, request_for(10)), "the inspector died of SIGSEGV");
    EXPECT_EQ(inspector.stats().crashes, round);
    EXPECT_EQ(inspector.stats().started, round);
  }
  EXPECT_EQ(inspector.stats().unkillable, 0U);
}

TEST(OddChild, that_leaves_is_said_to) {
  Inspector inspector(odd("leaving"), {.deadline = long_enough});
  EXPECT_EQ(failure_of(inspector, request_for(10)), "the inspector ended with status 7");
}

TEST(OddChild, is_not_believed_when_it_speaks_nonsense) {
  for (const char* behaviour : {"babbling", "boasting", "lying"}) {
    Inspector inspector(odd(behaviour), {.deadline = long_enough});
    EXPECT_THAT(failure_of(inspector, request_for(10)), HasSubstr("the inspector")) << behaviour;
    EXPECT_EQ(inspector.stats().crashes, 1U) << behaviour;
    EXPECT_EQ(inspector.child(), 0) << behaviour;
  }
}

TEST(OddChild, that_talks_without_end_keeps_nobody) {
  Inspector inspector(odd("talkative"), {.deadline = soon});
  EXPECT_EQ(failure_of(inspector, request_for(10)), "no answer within 3 s: it was talking");
}

TEST(OddChild, that_was_killed_in_mid_request_is_replaced) {
  Inspector inspector(odd("mute"), {.deadline = long_enough});
  inspector.request(request_for(10));
  EXPECT_TRUE(inspector.collect(now()).empty());
  ASSERT_GT(inspector.child(), 0);
  ::kill(inspector.child(), SIGKILL);
  const auto replies = inspector.wait_for_all(long_enough);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_THAT(replies.front().failure, HasSubstr("the inspector died of SIGKILL"));
}

TEST(OddChild, does_not_keep_a_command_beyond_its_time) {
  Inspector inspector(odd("mute"), {.deadline = long_enough});
  for (int process = 10; process < 15; ++process) inspector.request(request_for(process));
  const auto replies = inspector.wait_for_all(milliseconds(50));
  ASSERT_EQ(replies.size(), 5U);
  for (const InspectReply& reply : replies) EXPECT_EQ(reply.failure, "not answered within 0.05 s");
}

}  // namespace
}  // namespace wedged::test
