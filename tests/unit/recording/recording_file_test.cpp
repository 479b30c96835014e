// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "unit/recording/recording_values.h"

namespace wedged {

using namespace test;
using testing::HasSubstr;

class RecordingFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "wedged-recording-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

std::string message_of(const Result<Recording>& result) {
  return result ? "was read" : result.error().message;
}

TEST_F(RecordingFile, comes_back_from_disk) {
  ASSERT_TRUE(write_recording(path("a"), full_recording()).ok());
  const auto read = read_recording(path("a"));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(*read, full_recording());
}

TEST_F(RecordingFile, is_for_its_owner_alone) {
  ASSERT_TRUE(write_recording(path("a"), full_recording()).ok());
  struct stat status {};
  ASSERT_EQ(::stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(RecordingFile, replaces_a_longer_one) {
  ASSERT_TRUE(write_recording(path("a"), full_recording()).ok());
  ASSERT_TRUE(write_recording(path("a"), Recording{}).ok());
  EXPECT_EQ(read_recording(path("a")).value(), Recording{});
}

TEST_F(RecordingFile, that_cannot_be_written_is_an_error_with_its_name) {
  EXPECT_THAT(write_recording(path("none/a"), full_recording()).error().message, HasSubstr(path("none/a")));
  EXPECT_THAT(write_recording("/dev/full", full_recording()).error().message,
              HasSubstr("cannot write /dev/full: No space left"));
}

TEST_F(RecordingFile, that_could_not_be_read_again_is_not_written) {
  Recording recording = full_recording();
  std::swap(recording.snapshots[0], recording.snapshots[1]);
  EXPECT_THAT(write_recording(path("a"), recording).error().message, HasSubstr("cannot record"));
  EXPECT_FALSE(std::filesystem::exists(path("a")));
}

TEST_F(RecordingFile, that_is_not_there_or_a_folder_is_an_error_with_its_name) {
  EXPECT_EQ(read_recording(path("a")).error().kind, ErrorKind::gone);
  EXPECT_THAT(message_of(read_recording(path("a"))),
              HasSubstr("cannot read " + path("a") + ": No such file"));
  EXPECT_THAT(message_of(read_recording(folder_)), HasSubstr("cannot read " + folder_ + ": Is a directory"));
}

TEST_F(RecordingFile, of_endless_zeros_is_given_up_at_once) {
  EXPECT_THAT(message_of(read_recording("/dev/zero")),
              HasSubstr("/dev/zero:1: column 1: must be text, not a NUL"));
}

TEST_F(RecordingFile, with_a_line_of_a_gigabyte_is_given_up_at_the_limit) {
  std::ofstream(path("a")) << std::string(200'000, 'x');
  ASSERT_EQ(::truncate(path("a").c_str(), 1 << 30), 0);
  EXPECT_THAT(message_of(read_recording(path("a"), {100'000, 1U << 30U})),
              HasSubstr(":1: must be a line of at most"));
  EXPECT_THAT(message_of(read_recording(path("a"), {1U << 30U, 100'000})),
              HasSubstr(": must have at most 100000 bytes"));
}

}  // namespace wedged
