// SPDX-License-Identifier: Apache-2.0
// User stacks of real programs that wait, through a real child.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

#include "inspected.h"
#include "inspector/inspection.h"
#include "program.h"

namespace wedged::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::StartsWith;

constexpr std::size_t stack_pointer = 7;  // among the registers

std::vector<std::string> functions_of(const UserSide& side) {
  std::vector<std::string> functions;
  for (const UserFrame& frame : side.stack) functions.push_back(frame.function);
  return functions;
}

std::vector<std::uint64_t> offsets_in(const UserSide& side, const std::string& module) {
  std::vector<std::uint64_t> offsets;
  for (const UserFrame& frame : side.stack)
    if (frame.module == module) offsets.push_back(frame.offset);
  return offsets;
}

UserSide waiting(const std::string& program, const std::string& how) {
  const InspectReply reply = inspected(Program({path_of(program), how}).request());
  EXPECT_EQ(reply.failure, "");
  EXPECT_EQ(reply.threads.size(), 1U);
  return reply.threads.empty() ? UserSide{} : reply.threads.front().side;
}

TEST(Stack, of_a_program_without_frame_pointers_reaches_from_the_call_to_the_start) {
  const UserSide side = waiting("plain", "pause");
  EXPECT_THAT(functions_of(side), IsSupersetOf({"wait_in", "middle_function", "outer_function", "_start"}));
  EXPECT_TRUE(side.stack_complete);
  EXPECT_THAT(side.missing, testing::IsEmpty());
}

TEST(Stack, that_no_time_is_left_for_is_marked_and_its_word_is_read_all_the_same) {
  Program program({path_of("plain"), "pause"});
  auto request = program.request();
  request.threads[0].word_address = (*request.threads[0].registers)[stack_pointer];
  const auto reply = inspect({request, Duration{0}}, [](const std::string&) {});
  ASSERT_EQ(reply.threads.size(), 1U);
  EXPECT_TRUE(reply.threads[0].unfinished);
  EXPECT_THAT(reply.threads[0].side.missing, ElementsAre("user stack: no time was left for it"));
  EXPECT_TRUE(reply.threads[0].side.word.has_value());
  request.threads[0].registers.reset();
  EXPECT_FALSE(inspect({request, Duration{0}}, [](const std::string&) {}).threads.at(0).unfinished)
      << "it would have none another time";
}

TEST(Stack, that_no_room_is_left_for_is_marked) {
  Program program({path_of("plain"), "pause"});
  auto request = program.request();
  request.threads.resize(10'000, request.threads[0]);
  const auto reply = inspect({request, long_enough}, [](const std::string&) {});
  ASSERT_EQ(reply.threads.size(), 10'000U);
  EXPECT_FALSE(reply.threads.front().unfinished);
  EXPECT_TRUE(reply.threads.back().unfinished);
  EXPECT_THAT(reply.threads.back().side.missing, ElementsAre("user stack: the answer is full"));
}

TEST(Stack, is_that_of_the_copy_where_one_was_taken) {
  Program program({path_of("plain"), "pause"});
  auto request = program.request();
  auto& thread = request.threads.at(0);
  const auto alive = inspected(request).threads.at(0).side.stack;
  thread.stack_copy = WordSurroundings{thread.registers->at(stack_pointer), std::vector<std::uint8_t>(4096)};
  const auto copied = inspected(request).threads.at(0).side.stack;
  EXPECT_GT(alive.size(), 3U);
  ASSERT_FALSE(copied.empty());
  EXPECT_LT(copied.size(), alive.size()) << "zeros lead nowhere";
  EXPECT_EQ(copied[0], alive[0]);
}

TEST(Stack, of_a_stripped_program_is_as_deep_and_its_frames_are_named_by_module_and_offset) {
  const std::string module = path_of("stripped");
  const UserSide side = waiting("stripped", "pause");
  const UserSide named = waiting("plain", "pause");
  EXPECT_TRUE(side.stack_complete);
  EXPECT_EQ(side.stack.size(), named.stack.size());
  EXPECT_EQ(offsets_in(side, module).size(), offsets_in(named, path_of("plain")).size());
  const auto has_a_name = [&](const UserFrame& frame) {
    return frame.module == module && !frame.function.empty();
  };
  EXPECT_EQ(std::count_if(side.stack.begin(), side.stack.end(), has_a_name), 0);
}

TEST(Stack, goes_on_through_a_signal_handler) {
  const UserSide side = waiting("plain", "signal");
  EXPECT_THAT(functions_of(side), IsSupersetOf({"outer_function", "raise", "main", "_start"}));
  EXPECT_TRUE(side.stack_complete);
}

TEST(Stack, of_cpp_is_demangled) {
  const UserSide side = waiting("cpp", "");
  EXPECT_THAT(functions_of(side), testing::Contains(StartsWith("warehouse::Shelf<std::pair<int, std::")));
  EXPECT_TRUE(side.stack_complete);
}

// musl is built without call frame information, and its functions keep no frame pointers.
class MuslStack : public testing::TestWithParam<std::string> {};

TEST_P(MuslStack, is_followed_through_the_code_of_the_c_library) {
  if (!std::filesystem::exists(path_of(GetParam()))) GTEST_SKIP() << "no musl-gcc when this was built";
  const UserSide paused = waiting(GetParam(), "pause");
  EXPECT_THAT(functions_of(paused), IsSupersetOf({"pause", "wait_in", "middle_function", "outer_function"}));
  EXPECT_TRUE(paused.stack_complete);
  const UserSide locked = waiting(GetParam(), "mutex");
  EXPECT_THAT(functions_of(locked), IsSupersetOf({"pthread_mutex_timedlock", "wait_in", "outer_function"}));
  EXPECT_TRUE(locked.stack_complete);
  const UserSide interrupted = waiting(GetParam(), "signal");
  EXPECT_THAT(functions_of(interrupted), IsSupersetOf({"outer_function", "raise", "main"}));
  EXPECT_TRUE(interrupted.stack_complete);
}

INSTANTIATE_TEST_SUITE_P(Of, MuslStack, testing::Values("musl", "musl_static"));

TEST(Stack, of_a_stripped_static_musl_program_is_as_deep_as_with_names) {
  if (!std::filesystem::exists(path_of("musl"))) GTEST_SKIP() << "no musl-gcc when this was built";
  for (const char* how : {"pause", "mutex", "condition", "signal"})
    EXPECT_EQ(waiting("musl_static_stripped", how).stack.size(), waiting("musl_static", how).stack.size())
        << how;
}

TEST(Stack, of_a_musl_thread_ends_where_the_thread_began) {
  if (!std::filesystem::exists(path_of("musl"))) GTEST_SKIP() << "no musl-gcc when this was built";
  const InspectReply reply = inspected(Program({path_of("musl_static"), "threads", "2"}, 3).request());
  ASSERT_EQ(reply.threads.size(), 3U);
  EXPECT_THAT(functions_of(reply.threads.back().side), IsSupersetOf({"thread_function", "start"}));
  EXPECT_TRUE(reply.threads.back().side.stack_complete);
}

class ManyThreads : public testing::TestWithParam<std::string> {};

TEST_P(ManyThreads, are_read_in_one_request) {
  if (!std::filesystem::exists(path_of(GetParam()))) GTEST_SKIP() << "no musl-gcc when this was built";
  const Program program({path_of(GetParam()), "threads", "100"}, 101);
  const InspectRequest request = program.request();
  const auto begin = std::chrono::steady_clock::now();
  const InspectReply reply = inspected(request);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << "101 threads, with the start of the child: " << took.count() << " s\n";
  ASSERT_EQ(reply.threads.size(), 101U);
  for (const InspectedThread& thread : reply.threads) {
    EXPECT_TRUE(thread.side.stack_complete);
    EXPECT_THAT(functions_of(thread.side), IsSupersetOf({"middle_function", "outer_function"}));
  }
}

INSTANTIATE_TEST_SUITE_P(Of, ManyThreads, testing::Values("plain", "musl"));

TEST(Word, is_read_with_its_surroundings) {
  const UserSide side = waiting("plain", "mutex");
  ASSERT_TRUE(side.word);
  EXPECT_EQ(side.word->bytes.size(), 256U);
}

}  // namespace
}  // namespace wedged::test
