// SPDX-License-Identifier: Apache-2.0
#include "report/format.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "observation/syscall_names.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace std::chrono_literals;

TEST(DurationText, shows_the_two_greatest_units) {
  const std::vector<std::pair<Duration, std::string>> cases{
      {-5s, "0 ms"},
      {0s, "0 ms"},
      {999'999us, "999 ms"},
      {1s, "1.0 s"},
      {12'345ms, "12.3 s"},
      {59'999ms, "59.9 s"},
      {60s, "1 min"},
      {200s, "3 min 20 s"},
      {1h - 1ns, "59 min 59 s"},
      {2h + 5min + 59s, "2 h 5 min"},
      {24h, "1 d"},
      {24h * 40 + 3h, "40 d 3 h"},
  };
  for (const auto& [duration, text] : cases) EXPECT_EQ(duration_text(duration), text);
}

TEST(TimeText, is_rfc_3339_in_utc_with_milliseconds) {
  EXPECT_EQ(time_text(test::shown_now().wall), "2024-05-01T03:12:45.123Z");
  EXPECT_EQ(time_text(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(time_text(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
}

TEST(StateText, says_what_ends_the_wait) {
  EXPECT_EQ(state_text(RunState::uninterruptible), "D (uninterruptible: no signal ends it)");
  EXPECT_EQ(state_text(RunState::killable), "D (killable: a fatal signal ends it)");
  EXPECT_EQ(state_text(RunState::sleeping), "S (sleeping)");
  EXPECT_EQ(state_text(RunState::unknown), "? (unknown)");
}

TEST(CallName, tells_the_32_bit_interface_apart) {
  SystemCall call;
  call.number = syscall_number("fsync").value();
  EXPECT_EQ(call_name(call), "fsync");
  call.compat = true;
  EXPECT_EQ(call_name(call), "32-bit call " + std::to_string(call.number));
}

TEST(CallName, shows_the_number_where_there_is_no_name) {
  SystemCall call;
  call.number = 99'999;
  EXPECT_EQ(call_name(call), "call 99999");
}

TEST(ProcessText, falls_back_to_the_threads_name_and_then_to_a_question_mark) {
  Task task = test::a_thread().of_process(7).named("a").thread_named("b");
  EXPECT_EQ(process_text(task), "a[7]");
  task.process_comm.clear();
  EXPECT_EQ(process_text(task), "b[7]");
  task.comm.clear();
  EXPECT_EQ(process_text(task), "?[7]");
}

TEST(Painted, is_plain_unless_the_style_takes_colour) {
  EXPECT_EQ(painted("x", Colour::red, {EventFormat::text, false}), "x");
  EXPECT_EQ(painted("x", Colour::red, {EventFormat::text, true}), "\x1b[1;31mx\x1b[0m");
}

}  // namespace wedged
