// SPDX-License-Identifier: Apache-2.0
// What is told of processes whose files are not, or not any more, where their maps say, and of their C
// library.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "inspected.h"
#include "program.h"

namespace wedged::test {
namespace {

namespace fs = std::filesystem;

// A folder of its own with a copy of a program in it.
class ProgramCopy {
 public:
  explicit ProgramCopy(const std::string& program)
      : folder_(fs::temp_directory_path() / ("wedged-copy-" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directory(folder_);
    fs::copy_file(path_of(program), path());
  }
  ProgramCopy(const ProgramCopy&) = delete;
  ProgramCopy& operator=(const ProgramCopy&) = delete;
  ~ProgramCopy() { fs::remove_all(folder_); }
  [[nodiscard]] fs::path path() const { return folder_ / "program"; }

 private:
  fs::path folder_;
};

bool has_function(const InspectReply& reply, const std::string& function) {
  if (reply.threads.empty()) return false;
  const auto& stack = reply.threads.front().side.stack;
  return std::any_of(stack.begin(), stack.end(),
                     [&](const UserFrame& frame) { return frame.function == function; });
}

bool may_follow_map_files() {
  return getuid() == 0;
}

TEST(Files, of_a_deleted_program_are_read_all_the_same) {
  if (!may_follow_map_files()) GTEST_SKIP() << "only root can open what has no name any more";
  const ProgramCopy copy("plain");
  const Program program({copy.path()});
  fs::remove(copy.path());
  const InspectReply reply = inspected(program.request());
  EXPECT_TRUE(has_function(reply, "middle_function"));
  EXPECT_TRUE(reply.side.executable_deleted);
  EXPECT_EQ(reply.threads.front().side.stack.at(1).module, copy.path());
}

TEST(Files, of_a_program_that_was_replaced_are_those_it_runs_and_not_the_new_ones) {
  const ProgramCopy copy("plain");
  const Program program({copy.path()});
  const fs::path other = copy.path().string() + ".new";
  fs::copy_file(path_of("cpp"), other);
  fs::rename(other, copy.path());
  const InspectReply reply = inspected(program.request());
  EXPECT_EQ(has_function(reply, "middle_function"), may_follow_map_files());
  EXPECT_TRUE(reply.side.executable_deleted);
}

TEST(Files, of_a_program_in_place_are_not_called_deleted) {
  EXPECT_FALSE(inspected(Program({path_of("plain")}).request()).side.executable_deleted);
}

TEST(Files, of_a_process_whose_leader_has_ended_are_read_by_a_thread) {
  const Program program({path_of("plain"), "leaderless"});
  const InspectReply reply = inspected(program.request());
  EXPECT_EQ(reply.failure, "");
  EXPECT_TRUE(has_function(reply, "thread_function"));
  EXPECT_EQ(reply.side.command_line, path_of("plain") + " leaderless");
}

TEST(Files, tell_command_line_timers_and_caught_signals) {
  const InspectReply reply = inspected(Program({path_of("plain"), "pause", "a b", ""}).request());
  EXPECT_EQ(reply.side.command_line, path_of("plain") + " pause a b");
  EXPECT_EQ(reply.side.posix_timers, 1U);
  ASSERT_TRUE(reply.side.caught_signals);
  EXPECT_NE(*reply.side.caught_signals & 1UL << (SIGUSR2 - 1), 0U);
  EXPECT_EQ(*reply.side.caught_signals & 1UL << (SIGTERM - 1), 0U);
  EXPECT_THAT(reply.side.missing, testing::IsEmpty());
}

TEST(Files, a_command_line_without_end_is_cut) {
  const InspectReply reply =
      inspected(Program({path_of("plain"), "pause", std::string(100'000, 'x')}).request());
  EXPECT_EQ(reply.side.command_line.size(), 4096U);
}

struct Linked {
  const char* program;
  CLibrary libc;
};

void PrintTo(const Linked& linked, std::ostream* out) {
  *out << linked.program;
}

class Libc : public testing::TestWithParam<Linked> {};

TEST_P(Libc, is_told_however_it_is_linked) {
  if (!fs::exists(path_of(GetParam().program))) GTEST_SKIP() << "no musl-gcc when this was built";
  EXPECT_EQ(inspected(Program({path_of(GetParam().program)}).request()).side.libc, GetParam().libc);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Libc,
    testing::Values(Linked{"plain", CLibrary::glibc}, Linked{"stripped", CLibrary::glibc},
                    Linked{"static", CLibrary::glibc}, Linked{"static_stripped", CLibrary::glibc},
                    Linked{"musl", CLibrary::musl}, Linked{"musl_static", CLibrary::musl},
                    Linked{"musl_static_stripped", CLibrary::unknown}));

}  // namespace
}  // namespace wedged::test
