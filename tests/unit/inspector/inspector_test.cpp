// SPDX-License-Identifier: Apache-2.0
// The parent's end with children that are late, die or speak nonsense, and with real ones.
#include "inspector/inspector.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "inspected.h"
#include "program.h"

namespace wedged::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr auto long_enough = seconds(60);

std::string odd(const std::string& behaviour) {
  return std::string(ODD_CHILDREN) + "/" + behaviour + "_child";
}

// Nobody is looked at by children that are odd.
InspectRequest request_for(int process) {
  return {{process, 1}, {}};
}

InspectRequest request_for_self() {
  return {process_of(getpid()), {}};
}

std::string failure_of(Inspector& inspector, const InspectRequest& request) {
  inspector.request(request);
  const auto replies = inspector.wait_for_all(long_enough);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? "no reply" : replies.front().failure;
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

Instant now() {
  return std::chrono::steady_clock::now();
}

TEST(Inspector, starts_nothing_before_it_is_asked) {
  Inspector inspector(INSPECTOR_CHILD);
  EXPECT_TRUE(inspector.collect(now()).empty());
  EXPECT_EQ(inspector.child(), 0);
  EXPECT_EQ(inspector.stats().started, 0U);
}

TEST(Inspector, answers_many_requests_with_one_child) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  for (int round = 0; round < 20; ++round) EXPECT_EQ(failure_of(inspector, request_for_self()), "");
  EXPECT_EQ(inspector.stats().started, 1U);
  EXPECT_EQ(inspector.stats().replies, 20U);
}

TEST(Inspector, does_not_queue_a_process_twice) {
  Inspector inspector(odd("mute"));
  inspector.request(request_for(10));
  inspector.request(request_for(10));
  EXPECT_TRUE(inspector.collect(now()).empty());  // 10 is in flight now
  inspector.request(request_for(10));
  inspector.request(request_for(11));
  inspector.request(request_for(11));
  EXPECT_EQ(inspector.stats().requests, 2U);
}

TEST(Inspector, rings_when_there_is_something_to_collect) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  const int descriptor = inspector.descriptor();
  inspector.request(request_for_self());
  pollfd any{descriptor, POLLIN, 0};
  auto replies = inspector.collect(now());
  while (replies.empty() && ::poll(&any, 1, 60'000) == 1) replies = inspector.collect(now());
  EXPECT_EQ(replies.size(), 1U);
  EXPECT_EQ(inspector.descriptor(), descriptor);
  EXPECT_EQ(::poll(&any, 1, 0), 0) << "nothing is left to collect";
}

TEST(Inspector, says_of_a_process_that_has_ended_that_it_is_gone) {
  InspectRequest request;
  {
    const Program program({path_of("plain")});
    request = program.request();
  }
  EXPECT_THAT(inspected(request).failure, HasSubstr("gone"));
}

TEST(Inspector, does_not_take_a_process_for_an_earlier_one_with_its_id) {
  InspectRequest request = request_for_self();
  request.process.start_boottime_ns -= 1'000'000'000;
  EXPECT_THAT(inspected(request).failure, HasSubstr("gone"));
}

TEST(Inspector, takes_a_start_within_the_same_tick_for_the_same) {
  InspectRequest request = request_for_self();
  request.process.start_boottime_ns += 9'999'999;  // a tick has 10 ms, and process_of() gives its beginning
  EXPECT_EQ(inspected(request).failure, "");
}

TEST(Inspector, kills_a_late_child_and_says_what_it_was_doing) {
  Inspector inspector(odd("mute"), {.deadline = milliseconds(100)});
  EXPECT_EQ(failure_of(inspector, request_for(10)), "no answer within 0.1 s: it was reading its memory map");
  EXPECT_EQ(inspector.stats().deadlines_missed, 1U);
  EXPECT_EQ(inspector.child(), 0);
  EXPECT_EQ(failure_of(inspector, request_for(10)), "no answer within 0.1 s: it was reading its memory map");
  EXPECT_EQ(inspector.stats().started, 2U);
}

TEST(Inspector, does_not_wait_for_a_late_child_in_collect) {
  Inspector inspector(odd("mute"), {.deadline = seconds(1)});
  inspector.request(request_for(10));
  const Instant begin = now();
  EXPECT_TRUE(inspector.collect(begin).empty());
  EXPECT_TRUE(inspector.collect(begin + milliseconds(999)).empty());
  EXPECT_EQ(inspector.collect(begin + seconds(1)).size(), 1U);
}

TEST(Inspector, replaces_a_child_that_crashes) {
  Inspector inspector(odd("crashing"), {.deadline = long_enough});
  for (unsigned round = 1; round <= 3; ++round) {
    EXPECT_EQ(failure_of(inspector, request_for(10)), "the inspector died of SIGSEGV");
    EXPECT_EQ(inspector.stats().crashes, round);
    EXPECT_EQ(inspector.stats().started, round);
  }
  EXPECT_EQ(inspector.stats().unkillable, 0U);
}

TEST(Inspector, says_how_a_child_left) {
  Inspector inspector(odd("leaving"), {.deadline = long_enough});
  EXPECT_EQ(failure_of(inspector, request_for(10)), "the inspector ended with status 7");
}

TEST(Inspector, believes_no_nonsense) {
  for (const char* behaviour : {"babbling", "boasting", "lying"}) {
    Inspector inspector(odd(behaviour), {.deadline = long_enough});
    EXPECT_THAT(failure_of(inspector, request_for(10)), HasSubstr("the inspector")) << behaviour;
    EXPECT_EQ(inspector.stats().crashes, 1U) << behaviour;
    EXPECT_EQ(inspector.child(), 0) << behaviour;
  }
}

TEST(Inspector, is_not_kept_by_a_child_that_talks_without_end) {
  Inspector inspector(odd("talkative"), {.deadline = milliseconds(300)});
  EXPECT_EQ(failure_of(inspector, request_for(10)), "no answer within 0.3 s: it was talking");
}

TEST(Inspector, replaces_a_child_that_was_killed_in_mid_request) {
  Inspector inspector(odd("mute"), {.deadline = long_enough});
  inspector.request(request_for(10));
  EXPECT_TRUE(inspector.collect(now()).empty());
  ASSERT_GT(inspector.child(), 0);
  ::kill(inspector.child(), SIGKILL);
  const auto replies = inspector.wait_for_all(long_enough);
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_THAT(replies.front().failure, HasSubstr("the inspector died of SIGKILL"));
}

TEST(Inspector, answers_for_a_child_that_cannot_be_started) {
  Inspector inspector("/nonexistent/wedged");
  EXPECT_THAT(failure_of(inspector, request_for(10)), HasSubstr("the inspector cannot be started"));
}

TEST(Inspector, starts_no_child_while_too_many_will_not_die) {
  Inspector inspector(INSPECTOR_CHILD, {.unkillable_children = 0});
  EXPECT_THAT(failure_of(inspector, request_for_self()), HasSubstr("no inspector is started"));
  EXPECT_EQ(inspector.stats().started, 0U);
}

TEST(Inspector, answers_everything_when_the_time_of_a_command_is_over) {
  Inspector inspector(odd("mute"), {.deadline = long_enough});
  for (int process = 10; process < 15; ++process) inspector.request(request_for(process));
  const auto replies = inspector.wait_for_all(milliseconds(50));
  ASSERT_EQ(replies.size(), 5U);
  for (const InspectReply& reply : replies) EXPECT_EQ(reply.failure, "not answered within 0.05 s");
}

TEST(Inspector, sends_a_request_that_does_not_fit_into_the_socket_at_once) {
  InspectRequest request = request_for_self();
  for (int thread = 0; thread < 2000; ++thread)
    request.threads.push_back({{getpid(), thread, 1}, AllRegisters{}, 0});
  const InspectReply reply = inspected(request);
  EXPECT_EQ(reply.failure, "");
  EXPECT_EQ(reply.threads.size(), 2000U);
}

TEST(Inspector, refuses_a_request_without_end) {
  InspectRequest request = request_for_self();
  request.threads.resize(20'000, {{1, 2, ~0ULL}, AllRegisters{}, ~0ULL});
  EXPECT_EQ(inspected(request).failure, "too many threads for one request");
}

TEST(Inspector, leaves_no_descriptor_and_no_child_behind) {
  const std::size_t before = open_descriptors();
  for (const std::string& executable :
       {std::string(INSPECTOR_CHILD), odd("mute"), odd("crashing"), std::string("/nonexistent")}) {
    Inspector inspector(executable, {.deadline = milliseconds(300)});
    inspector.request(request_for_self());
    static_cast<void>(inspector.wait_for_all(long_enough));
    inspector.request(request_for_self());
    static_cast<void>(inspector.collect(now()));
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

}  // namespace
}  // namespace wedged::test
