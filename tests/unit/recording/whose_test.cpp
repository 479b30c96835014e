// SPDX-License-Identifier: Apache-2.0
#include "recording/whose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {
namespace {

using test::a_thread;
using testing::HasSubstr;

// Of two snapshots: the mysqld ended before the second one.
Recording of_the_host() {
  Recording recording;
  recording.snapshots.resize(2);
  recording.snapshots[0].suspects = {a_thread().of_process(10).named("mysqld"),
                                     a_thread().of_process(20).named("postgres")};
  recording.snapshots[1].suspects = {
      a_thread().of_process(20).named("postgres"), a_thread().of_process(20).thread(21).named("postgres"),
      a_thread().of_process(30).named("postgres"), a_thread().of_process(40).named("a-very-long-nam")};
  return recording;
}

std::string refusal(const Recording& recording, const std::optional<std::string>& target, ErrorKind kind) {
  const auto process = whose(recording, target);
  if (process) return "it is " + std::to_string(*process);
  EXPECT_EQ(process.error().kind, kind);
  return process.error().message;
}

TEST(WhoseRecording, is_that_of_whom_it_was_made_unless_another_one_is_meant) {
  auto recording = of_the_host();
  recording.process = 30;
  EXPECT_EQ(*whose(recording, std::nullopt), 30);
  EXPECT_EQ(*whose(recording, "20"), 20);
  EXPECT_EQ(*whose(recording, "mysqld"), 10) << "it ended while it was looked at";
  EXPECT_EQ(*whose(recording, "a-very-long-name"), 40) << "as the kernel cuts it off";
}

TEST(WhoseRecording, tells_whom_it_has_instead) {
  EXPECT_EQ(
      refusal(of_the_host(), "1", ErrorKind::gone),
      "does not have process 1; it has 10 (mysqld), 20 (postgres), 30 (postgres), 40 (a-very-long-nam)");
  EXPECT_THAT(refusal(of_the_host(), "nginx", ErrorKind::gone),
              HasSubstr("does not have a process named 'nginx'; it has 10 (mysqld)"));
  EXPECT_EQ(refusal(Recording{}, "1", ErrorKind::gone), "does not have process 1, nor any other");
}

TEST(WhoseRecording, asks_for_an_id_where_it_has_several_that_may_be_meant) {
  EXPECT_EQ(refusal(of_the_host(), "postgres", ErrorKind::malformed),
            "has 2 processes named 'postgres'; give one of their ids: 20 (postgres), 30 (postgres)");
  EXPECT_THAT(refusal(of_the_host(), std::nullopt, ErrorKind::malformed),
              HasSubstr("is about the whole host; say which process to explain: 10 (mysqld), "));
}

TEST(WhoseRecording, names_no_more_than_twenty) {
  Recording recording;
  recording.snapshots.resize(1);
  for (int process = 1; process <= 25; ++process)
    recording.snapshots[0].suspects.push_back(a_thread().of_process(process).named("x"));
  EXPECT_THAT(refusal(recording, "77", ErrorKind::gone), HasSubstr("20 (x) and 5 more"));
}

}  // namespace
}  // namespace wedged
