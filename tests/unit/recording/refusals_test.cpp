// SPDX-License-Identifier: Apache-2.0
// What is no recording is refused with file, line, field and what would be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/recording/recording_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;

std::string refusal_of(const std::string& text, const RecordingLimits& limits = {}) {
  const auto read = parse_recording(text, "a.rec", limits);
  EXPECT_FALSE(read.ok()) << text;
  if (read) return {};
  EXPECT_EQ(read.error().kind, ErrorKind::malformed);
  return read.error().message;
}

// The text of the full recording with one piece replaced.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = recording_text(full_recording());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(std::min(at, text.size()), from.size(), to);
}

struct Change {
  const char* from;
  const char* to;
  const char* message;
};

TEST(Refusal, names_the_field_of_the_header) {
  const Change changes[] = {
      {R"("wedged_recording":1)", R"("wedged_recording":2)",
       "a.rec:1: wedged_recording: must be 1, not 2: another wedged wrote it"},
      {R"("wedged_recording":1)", R"("wedged_recording":"1")",
       "a.rec:1: wedged_recording: must be 1, not string"},
      {R"("wedged_recording":1,)", "",
       "a.rec:1: wedged_recording: must be 1, but is missing: is this a file that --record wrote?"},
      {R"("kernel":"6.1.0-18-amd64",)", "", "a.rec:1: kernel: is missing; must be text"},
      {R"("6.1.0-18-amd64")", "7", "a.rec:1: kernel: must be text"},
      {R"("machine":")", R"("machine":"x)", "a.rec:1: machine: must be "},
      {"2024-05-01", "2024-02-31", "a.rec:1: recorded: must be a time such as \"2024-05-01T"},
      {"45.123456789Z", "45.123456789Z ", "a.rec:1: recorded: must be a time"},
      {R"("process":4242)", R"("process":2147483648)",
       "a.rec:1: process: must be a whole number from -2147483648 to 2147483647, not 2147483648"},
      {R"("snapshots":2)", R"("snapshots":3)",
       "a.rec:1: snapshots: must be the number of lines that follow, 2, not 3: was the file cut off?"},
  };
  for (const Change& one : changes)
    EXPECT_THAT(refusal_of(changed(one.from, one.to)), HasSubstr(one.message));
}

TEST(Refusal, names_the_field_of_a_snapshot_down_to_the_element) {
  const Change changes[] = {
      {R"("tid":4243)", R"("tid":null)", "a.rec:2: suspects[0].id.tid: must be a whole number from"},
      {R"("tid":4243)", R"("tid":1.0)", "not 1.0"},
      {R"("uid":4294967295)", R"("uid":4294967296)",
       "suspects[0].uid: must be a whole number from 0 to 4294967295"},
      {R"("uid":4294967295)", R"("uid":-1)", "not -1"},
      {R"("uid":4294967295)", R"("uid":1e999)", "a.rec:2: must be JSON with numbers of 64 bits"},
      {R"("comm":"worker",)", "", "suspects[0].comm: is missing; must be text"},
      {R"("worker")", R"({"bytes":"abc"})", "suspects[0].comm: must be text, or {\"bytes\":\"61ff\"}"},
      {R"("worker")", R"({"text":"abc"})", "suspects[0].comm: must be text"},
      {R"("killable")", R"("sleepy")", "suspects[0].state: must be one of running sleeping"},
      {R"("kernel_thread":true)", R"("kernel_thread":1)", "kernel_thread: must be true or false, not 1"},
      {R"("libc":"musl")", R"("libc":"newlib")",
       "processes[0].value.libc: must be one of unknown glibc musl"},
      {R"("0x401000")", R"("401000")",
       "suspects[0].registers.instruction_pointer: must be a hexadecimal number"},
      {R"("0x401000")", R"("0x10000000000000000")", "instruction_pointer: must be a hexadecimal number"},
      {R"("0x401000")", "4198400", "instruction_pointer: must be a hexadecimal number"},
      {R"("arguments":["0x1",)", R"("arguments":[)",
       "call.arguments: must be a list of 6 hexadecimal numbers"},
      {R"("arguments":["0x1",)", R"("arguments":["x",)", "call.arguments[0]: must be a hexadecimal number"},
      {R"("bytes":"000180ff")", R"("bytes":"000180f")",
       "user_side.word.bytes: must be bytes as hexadecimal digits"},
      {R"("missing":["the rest"])", R"("missing":"all")", "suspects[0].user_side.missing: must be a list"},
      {R"("missing":["the rest"])", R"("missing":[1])", "suspects[0].user_side.missing[0]: must be text"},
      {R"("taken":{)", R"("taken":[{)", "a.rec:2: column "},
      {R"("system_time_ns":5)", R"("system_time_ns":9223372036854775807)",
       "system_time_ns: must be a whole number"},
      {R"("key":{"tgid":4243)", R"("key":{"tgid":4242)", "processes[1]: has a key that is there already"},
      {R"("complete":[{"tgid":4242)", R"("complete":[{"tgid":9999)",
       "a.rec:2: complete[1]: must come after the one before it: the list is sorted by id"},
  };
  for (const Change& one : changes)
    EXPECT_THAT(refusal_of(changed(one.from, one.to)), HasSubstr(one.message));
}

TEST(Refusal, of_suspects_out_of_order_and_of_time_that_stands_still) {
  Recording recording = full_recording();
  recording.snapshots[0].suspects.push_back(full_task());
  EXPECT_THAT(refusal_of(recording_text(recording)), HasSubstr("a.rec:2: suspects[1]: must come after"));
  recording = full_recording();
  recording.snapshots[1].taken = recording.snapshots[0].taken;
  EXPECT_THAT(refusal_of(recording_text(recording)), HasSubstr("a.rec:3: taken.monotonic_ns: must be later"));
}

TEST(Refusal, of_text_that_is_no_json) {
  EXPECT_THAT(refusal_of(""), HasSubstr("a.rec:1: column 1: must be JSON, but the line ends too early"));
  EXPECT_THAT(refusal_of("ELF\n"), HasSubstr("a.rec:1: column 1: must be JSON"));
  EXPECT_THAT(refusal_of("[]\n"), HasSubstr("a.rec:1: wedged_recording: must be 1, but is missing"));
  EXPECT_THAT(refusal_of("7"), HasSubstr("a.rec:1: wedged_recording: must be 1, but is missing"));
  EXPECT_THAT(refusal_of(recording_text(full_recording()) + "\n"),
              HasSubstr("a.rec:4: column 1: must be JSON"));
  EXPECT_THAT(refusal_of(recording_text(full_recording()) + "[]\n"), HasSubstr("a.rec:4: must be an object"));
}

TEST(Refusal, of_a_file_that_was_cut_off_wherever_that_was) {
  const std::string text = recording_text(full_recording());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    EXPECT_THAT(refusal_of(text.substr(0, length)), HasSubstr("cut off")) << length;
  }
  EXPECT_TRUE(parse_recording(text.substr(0, text.size() - 1), "a.rec").ok())
      << "but for the last line's end";
}

TEST(Refusal, of_a_nul_byte_wherever_it_is) {
  std::string text = recording_text(full_recording());
  EXPECT_THAT(refusal_of(text + '\0'), HasSubstr("a.rec:4: column 1: must be text, not a NUL byte"));
  text.insert(text.find('\n'), 1, '\0');
  EXPECT_THAT(refusal_of(text), HasSubstr("a.rec:1: column "));
}

TEST(Refusal, of_a_line_that_is_too_long) {
  const RecordingLimits limits{1000, 1'000'000};
  EXPECT_THAT(refusal_of(std::string(1001, ' '), limits),
              HasSubstr("a.rec:1: must be a line of at most 1000 bytes"));
  EXPECT_THAT(refusal_of(recording_text(full_recording()), limits),
              HasSubstr("a.rec:2: must be a line of at most"));
}

TEST(Refusal, of_a_million_brackets_takes_no_stack) {
  EXPECT_THAT(refusal_of(std::string(1'000'000, '[')), HasSubstr("cut off"));
  EXPECT_THAT(refusal_of(std::string(1'000'000, '[') + std::string(1'000'000, ']')), HasSubstr("is missing"));
}

}  // namespace wedged
