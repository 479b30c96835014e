// SPDX-License-Identifier: Apache-2.0
#include "recording/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/recording/recording_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;
using testing::Not;

Recording again(const Recording& recording) {
  const auto read = parse_recording(recording_text(recording), "a.rec");
  EXPECT_TRUE(read.ok()) << read.error().message;
  return read ? *read : Recording{};
}

std::string text_of_task(const Task& task) {
  Recording recording;
  recording.snapshots.resize(1);
  recording.snapshots[0].suspects = {task};
  return recording_text(recording);
}

TEST(Recording, comes_back_with_every_field) {
  EXPECT_EQ(again(full_recording()), full_recording());
}

TEST(Recording, that_is_empty_comes_back_empty) {
  EXPECT_EQ(again(Recording{}), Recording{});
  Recording recording;
  recording.snapshots.resize(1);
  EXPECT_EQ(again(recording), recording);
}

TEST(Recording, has_a_header_that_people_can_read_and_a_line_for_each_snapshot) {
  const std::string text = recording_text(full_recording());
  EXPECT_EQ(text.substr(0, text.find('\n')),
            R"({"wedged_recording":1,"wedged":"0.9","kernel":"6.1.0-18-amd64","machine":")" +
                std::string(this_machine) +
                R"(","recorded":"2024-05-01T03:12:45.123456789Z","process":4242,"interval_ns":200000000,)"
                R"("snapshots":2})");
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
}

TEST(Recording, leaves_out_what_is_absent) {
  const std::string text = text_of_task(Task{});
  for (const char* field : {"\"uid\"", "off_cpu_since_ns", "kill_pending_since_ns", "\"call\"",
                            "\"registers\"", "details", "user_side", "forked_from_threads"}) {
    EXPECT_THAT(text, Not(HasSubstr(field)));
  }
}

TEST(Recording, loses_nothing_of_64_bits) {
  EXPECT_THAT(text_of_task(full_task()), HasSubstr(R"("start_ns":18446744073709551615)"));
  EXPECT_THAT(text_of_task(full_task()), HasSubstr(R"("stack_pointer":"0xffffffffffffffff")"));
  EXPECT_THAT(text_of_task(full_task()), HasSubstr(R"("start_ns":9007199254740993)"));
}

TEST(Recording, keeps_names_that_are_no_text) {
  Recording recording;
  recording.snapshots.resize(1);
  for (const std::string& name :
       {std::string("\xff\xfe"), std::string("a\0b", 3), std::string("\xc3\xb6\n\""),
        std::string("\xed\xa0\x80"), std::string("\xe2\x80\xae")}) {
    Task task;
    task.comm = name;
    recording.snapshots[0].suspects = {task};
    EXPECT_EQ(again(recording).snapshots[0].suspects[0].comm, name);
  }
}

TEST(Recording, is_pure_ascii_without_control_characters) {
  Task task = full_task();
  task.comm = "\x1b[2J\xc2\x9b\n\x7f\xff";
  for (const char letter : text_of_task(task))
    EXPECT_TRUE((letter >= 0x20 && letter <= 0x7f) || letter == '\n');
}

TEST(Recording, comes_back_whatever_values_it_has) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    const Recording recording = random_recording(random);
    ASSERT_EQ(again(recording), recording) << "round " << round;
  }
}

TEST(Recording, may_have_fields_that_this_version_does_not_know) {
  std::string text = recording_text(Recording{});
  text.insert(1, R"("host":"db1",)");
  EXPECT_TRUE(parse_recording(text, "a.rec").ok());
}

}  // namespace wedged
