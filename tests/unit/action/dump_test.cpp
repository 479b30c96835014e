// SPDX-License-Identifier: Apache-2.0
// Dumps, written by a real aide into a folder of the test's own.
#include "action/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "action/dump_folder.h"
#include "host_world.h"
#include "kernel/members.h"

namespace wedged {
namespace {

namespace fs = std::filesystem;
using test::Child;
using test::HostWorld;

Rung dump(DumpKind kind) {
  Rung rung;
  rung.action = ActionKind::dump;
  rung.dump = kind;
  return rung;
}

class DumpTest : public testing::Test {
 protected:
  DumpTest() {
    fs::remove_all(folder);
    world.policy.dumps.directory = folder;
    world.own_executable = ACTION_AIDE;
    while (member_of(suspect.pid())->comm != "sleep") std::this_thread::yield();
  }
  void TearDown() override { fs::remove_all(folder); }

  Outcome run(DumpKind kind, Verdict verdict = Verdict::act) {
    return world.run(world.decision_about(suspect, dump(kind), verdict));
  }
  // A core needs one that can be stopped.
  Decision core_decision(Verdict verdict = Verdict::act) {
    auto decision = world.decision_about(suspect, dump(DumpKind::core), verdict);
    world.suspect->state = RunState::sleeping;
    decision.finding = test::a_finding().of(*world.suspect);
    return decision;
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    if (fs::exists(folder))
      for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
    return names;
  }
  void file(const std::string& name, std::size_t size) const {
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms::owner_all);
    std::ofstream(folder + "/" + name) << std::string(size, 'x');
  }

  const std::string folder = testing::TempDir() + "wedged-dumps-" + std::to_string(::getpid());
  HostWorld world;
  // A program without the memory that sanitizers reserve, whose cores are beyond any quota.
  Child suspect{[] { ::execl("/bin/sleep", "sleep", "1000", nullptr); }};
};

unsigned mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

TEST(DumpName, it_sorts_by_time_and_holds_nothing_of_the_processs_making) {
  EXPECT_EQ(dump_name(1'767'225'600'007, 42, "my/../sql d", "json"),
            "20260101T000000.007Z-42-my____sql_d.json");
  EXPECT_TRUE(is_dump_name(dump_name(1'767'225'600'007, 42, "", "core")));
  for (const std::string other : {"", ".", "notes.json", "20260101T000000.007Z-42-a.txt",
                                  "x20260101T000000.007Z-42-a.json", "20260101T000000.007Z-42-a.json~"})
    EXPECT_FALSE(is_dump_name(other)) << other;
}

TEST_F(DumpTest, stacks_are_the_finding_as_json_for_the_owner_alone) {
  const auto outcome = run(DumpKind::stacks);
  ASSERT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
  EXPECT_THAT(outcome.detail, testing::EndsWith("-" + std::to_string(suspect.pid()) + "-victim.json"));
  EXPECT_THAT(outcome.detail, testing::StartsWith(folder + "/"));
  std::ifstream written(outcome.detail);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(written), {}), R"({"rule":"r"})");
  EXPECT_EQ(mode_of(outcome.detail), 0600U);
  EXPECT_EQ(mode_of(folder), 0700U);
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(suspect.is_alive());
}

TEST_F(DumpTest, a_dry_run_writes_nothing_and_finds_out_what_would_fail) {
  EXPECT_EQ(run(DumpKind::stacks, Verdict::dry_run).kind, OutcomeKind::dry_run);
  EXPECT_FALSE(std::filesystem::exists(folder)) << "not even the folder";
  world.policy.dumps.directory = "/dev/null/dumps";
  EXPECT_EQ(run(DumpKind::stacks, Verdict::dry_run).kind, OutcomeKind::failed);
}

TEST_F(DumpTest, the_oldest_make_room_within_the_quota) {
  file("20200101T000000.000Z-1-a.json", 40);
  file("20200102T000000.000Z-2-a.core", 40);
  file("20200103T000000.000Z-3-a.json", 40);
  file("notes.txt", 5000);
  world.policy.dumps.quota_bytes = 100;
  const auto outcome = run(DumpKind::stacks);
  ASSERT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
  const auto left = files();
  EXPECT_FALSE(left.count("20200101T000000.000Z-1-a.json"));
  EXPECT_TRUE(left.count("20200102T000000.000Z-2-a.core"));
  EXPECT_TRUE(left.count("20200103T000000.000Z-3-a.json"));
  EXPECT_TRUE(left.count("notes.txt")) << "what is not ours stays, and is not counted";
  EXPECT_EQ(left.size(), 4U);
}

TEST_F(DumpTest, one_that_would_not_fit_alone_has_failed_and_removes_nothing) {
  file("20200101T000000.000Z-1-a.json", 4);
  world.policy.dumps.quota_bytes = 5;
  const auto outcome = run(DumpKind::stacks);
  EXPECT_EQ(outcome.kind, OutcomeKind::failed);
  EXPECT_THAT(outcome.detail, testing::HasSubstr("dumps.quota is 5"));
  EXPECT_EQ(files(), (std::set<std::string>{"20200101T000000.000Z-1-a.json"}));
}

TEST_F(DumpTest, what_aides_left_in_the_middle_is_removed) {
  file(".partial-20200101T000000.000Z-1-a.json", 4);
  file(".partial-20200101T000000.000Z-1-a.core.1", 4);
  file(".partial-mine", 4);
  EXPECT_EQ(run(DumpKind::stacks).kind, OutcomeKind::done);
  EXPECT_EQ(files().size(), 2U);
  EXPECT_TRUE(files().count(".partial-mine"));
}

TEST_F(DumpTest, a_folder_that_others_may_write_to_is_not_used) {
  file("x", 1);
  fs::permissions(folder, fs::perms::all);
  EXPECT_EQ(run(DumpKind::stacks).kind, OutcomeKind::failed);
  fs::remove_all(folder);
  fs::create_directory_symlink("/", folder);
  EXPECT_EQ(run(DumpKind::stacks).kind, OutcomeKind::failed);
}

TEST_F(DumpTest, a_core_is_written_and_the_process_goes_on) {
  if (::access("/usr/bin/gcore", X_OK) != 0) GTEST_SKIP() << "needs gdb";
  const auto outcome = world.run(core_decision());
  ASSERT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
  EXPECT_THAT(outcome.detail, testing::EndsWith("-" + std::to_string(suspect.pid()) + "-victim.core"));
  std::ifstream core(outcome.detail);
  std::string magic(4, ' ');
  core.read(magic.data(), 4);
  EXPECT_EQ(magic,
            "\x7f"
            "ELF");
  EXPECT_EQ(mode_of(outcome.detail), 0600U);
  EXPECT_TRUE(suspect.is_alive());
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(DumpTest, a_core_larger_than_the_quota_has_failed_and_leaves_nothing) {
  if (::access("/usr/bin/gcore", X_OK) != 0) GTEST_SKIP() << "needs gdb";
  for (const std::uint64_t quota : {4096U, 65536U}) {
    world.policy.dumps.quota_bytes = quota;
    const auto outcome = world.run(core_decision());
    EXPECT_EQ(outcome.kind, OutcomeKind::failed);
    EXPECT_THAT(outcome.detail, testing::HasSubstr("not whole"));
    EXPECT_TRUE(files().empty());
  }
  EXPECT_TRUE(suspect.is_alive());
}

TEST_F(DumpTest, a_core_is_not_tried_of_a_thread_in_d_state) {
  const auto outcome = run(DumpKind::core);
  EXPECT_EQ(outcome.kind, OutcomeKind::failed);
  EXPECT_THAT(outcome.detail, testing::HasSubstr("D state"));
}

TEST_F(DumpTest, a_dry_run_of_a_core_stops_nobody) {
  if (::access("/usr/bin/gcore", X_OK) != 0) GTEST_SKIP() << "needs gdb";
  EXPECT_EQ(world.run(core_decision(Verdict::dry_run)).kind, OutcomeKind::dry_run);
  EXPECT_TRUE(files().empty());
}

}  // namespace
}  // namespace wedged
