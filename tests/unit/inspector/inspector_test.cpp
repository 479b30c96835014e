// SPDX-License-Identifier: Apache-2.0
// The parent's end with real children.
#include "inspector/inspector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "asking.h"
#include "inspected.h"
#include "program.h"

namespace wedged::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
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

InspectRequest self_with(const std::vector<int>& threads) {
  InspectRequest request = request_for_self();
  for (const int thread : threads)
    request.threads.push_back({{getpid(), thread, 1}, AllRegisters{}, 0, std::nullopt});
  return request;
}

std::vector<int> threads_of(const InspectReply& reply) {
  std::vector<int> threads;
  for (const InspectedThread& thread : reply.threads) threads.push_back(thread.id.tid);
  return threads;
}

TEST(Inspector, looks_at_further_threads_of_a_queued_process_in_the_same_request) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  inspector.request(self_with({1, 2}));
  inspector.request(self_with({2, 3}));
  const auto replies = inspector.wait_for_all(long_enough);
  ASSERT_THAT(replies, SizeIs(1));
  EXPECT_THAT(threads_of(replies[0]), ElementsAre(1, 2, 3));
  EXPECT_EQ(inspector.stats().requests, 1U);
}

TEST(Inspector, looks_at_further_threads_of_a_process_in_flight_in_one_request_after_it) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  inspector.request(self_with({1, 2}));
  auto replies = inspector.collect(now());
  ASSERT_THAT(replies, IsEmpty());
  inspector.request(self_with({2, 3}));
  inspector.request(self_with({4}));
  replies = inspector.wait_for_all(long_enough);
  ASSERT_THAT(replies, SizeIs(2));
  EXPECT_THAT(threads_of(replies[0]), ElementsAre(1, 2));
  EXPECT_THAT(threads_of(replies[1]), ElementsAre(3, 4));
}

// Of two waits the answer may be alike: the same registers, the same word.
TEST(Inspector, looks_again_at_a_thread_that_is_in_its_next_wait_or_was_asked_about_later) {
  for (const bool moved : {true, false}) {
    Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
    InspectRequest request = self_with({1});
    request.threads[0].standing = 7;
    inspector.request(request);
    auto replies = inspector.collect(now());
    ASSERT_THAT(replies, IsEmpty());
    inspector.request(request);
    if (moved) request.threads[0].standing = 8;
    if (!moved) request.threads[0].asked += milliseconds(1);
    inspector.request(request);
    replies = inspector.wait_for_all(long_enough);
    ASSERT_THAT(replies, SizeIs(2)) << moved;
    EXPECT_EQ(replies[0].threads.at(0).standing, 7U);
    EXPECT_EQ(replies[1].threads.at(0).standing, request.threads[0].standing);
    EXPECT_EQ(replies[1].threads.at(0).asked, request.threads[0].asked);
  }
}

TEST(Inspector, reads_each_word_that_a_thread_was_asked_for_and_its_latest_registers_alone) {
  const std::vector<std::uint64_t> words(64, 7);
  const auto word = [&](std::size_t at) { return reinterpret_cast<std::uint64_t>(&words[at]); };
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  for (const std::uint64_t address : {word(0), word(32), word(0)}) {
    InspectRequest request = request_for_self();
    request.threads.push_back({{getpid(), 1, 1}, std::nullopt, address, std::nullopt});
    inspector.request(request);
  }
  inspector.request(self_with({2}));
  InspectRequest moved = self_with({2});
  moved.threads[0].word_address = word(16);
  inspector.request(moved);
  const auto replies = inspector.wait_for_all(long_enough);
  ASSERT_THAT(replies, SizeIs(1));
  EXPECT_THAT(threads_of(replies[0]), ElementsAre(1, 1, 2));
  EXPECT_TRUE(replies[0].threads[2].side.word.has_value());
}

TEST(Inspector, gives_one_failure_for_all_that_was_asked_of_a_process) {
  Inspector inspector(odd("mute"), {.deadline = std::chrono::seconds(1)});
  const Instant begin = now();
  inspector.request(self_with({1}));
  EXPECT_THAT(inspector.collect(begin), IsEmpty());
  inspector.request(self_with({2}));
  EXPECT_THAT(inspector.collect(begin + std::chrono::seconds(1)), SizeIs(1));
  EXPECT_THAT(inspector.collect(begin + std::chrono::hours(1)), IsEmpty());
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

TEST(Inspector, answers_for_a_child_that_cannot_be_started) {
  Inspector inspector("/nonexistent/wedged");
  EXPECT_THAT(failure_of(inspector, request_for(10)), HasSubstr("the inspector cannot be started"));
}

TEST(Inspector, starts_no_child_while_too_many_will_not_die) {
  Inspector inspector(INSPECTOR_CHILD, {.unkillable_children = 0});
  EXPECT_THAT(failure_of(inspector, request_for_self()), HasSubstr("no inspector is started"));
  EXPECT_EQ(inspector.stats().started, 0U);
}

TEST(Inspector, sends_a_request_that_does_not_fit_into_the_socket_at_once) {
  InspectRequest request = request_for_self();
  for (int thread = 0; thread < 2000; ++thread)
    request.threads.push_back({{getpid(), thread, 1}, AllRegisters{}, 0, std::nullopt});
  const InspectReply reply = inspected(request);
  EXPECT_EQ(reply.failure, "");
  EXPECT_EQ(reply.threads.size(), 2000U);
}

TEST(Inspector, looks_at_threads_beyond_the_most_in_a_further_request) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  InspectRequest request = request_for_self();
  request.threads.resize(Inspector::most_threads + 7, {{1, 2, ~0ULL}, AllRegisters{}, ~0ULL});
  inspector.request(request);
  const auto replies = inspector.wait_for_all(long_enough);
  ASSERT_THAT(replies, SizeIs(2));
  EXPECT_EQ(replies[0].threads.size(), Inspector::most_threads);
  EXPECT_EQ(replies[1].threads.size(), 7U);
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
