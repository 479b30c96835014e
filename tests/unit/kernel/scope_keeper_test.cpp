// SPDX-License-Identifier: Apache-2.0
// Processes are made of files. A cgroup needs its file system: tests/kernel/scope_test.cpp removes one and
// makes it again.
#include "kernel/scope_keeper.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace wedged {
namespace {

namespace fs = std::filesystem;

class ScopeKeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "wedged-scope-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  void begins(int tgid, int start_ticks, const std::string& state = "S") const {
    const auto number = std::to_string(tgid);
    fs::create_directories(root_ / number);
    std::ofstream(root_ / number / "stat") << number + " (db) " + state +
                                                  " 7 9 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " +
                                                  std::to_string(start_ticks) + " 0 0\n";
  }
  void ends(int tgid) const { fs::remove_all(root_ / std::to_string(tgid)); }
  [[nodiscard]] ScopeKeeper keeper_of(std::vector<int> tgids) const {
    return ScopeKeeper({std::move(tgids), {}}, root_);
  }
  fs::path root_;
};

TEST_F(ScopeKeeperTest, nobody_is_missed_on_the_whole_host) {
  ScopeKeeper keeper;
  const auto news = keeper.look();
  EXPECT_TRUE(!news.cgroup_id && news.replaced.empty());
  EXPECT_EQ(keeper.scope(), WatchedScope{});
  EXPECT_EQ(ScopeKeeper({{}, CgroupPlace{1, 0, "", "/sys/fs/cgroup"}}).scope(), WatchedScope{});
}

TEST_F(ScopeKeeperTest, processes_are_missed_once_all_have_ended) {
  begins(5, 50);
  begins(6, 60);
  auto keeper = keeper_of({6, 5});
  ends(5);
  EXPECT_TRUE(keeper.look().replaced.empty());
  EXPECT_EQ(keeper.scope(), (WatchedScope{{5, 6}, {}, {}}));
  begins(6, 60, "Z");
  EXPECT_TRUE(keeper.look().replaced.empty());
  EXPECT_EQ(keeper.scope().missing, "processes 5, 6 have ended");
}

TEST_F(ScopeKeeperTest, an_id_that_another_process_has_now_is_told_once) {
  begins(5, 50);
  auto keeper = keeper_of({5});
  begins(5, 51);
  EXPECT_EQ(keeper.look().replaced, std::vector<int>{5});
  EXPECT_EQ(keeper.scope().missing, "process 5 has ended");
  EXPECT_TRUE(keeper.look().replaced.empty());
  EXPECT_EQ(keeper.scope().missing, "process 5 has ended");
}

TEST_F(ScopeKeeperTest, a_folder_that_is_no_cgroup_is_missed) {
  ScopeKeeper keeper({{}, CgroupPlace{7, 1, "/db.service", root_ / "db.service"}}, root_);
  for (const bool exists : {false, true}) {
    if (exists) fs::create_directories(root_ / "db.service");
    EXPECT_FALSE(keeper.look().cgroup_id);
    EXPECT_EQ(keeper.scope().missing, "cgroup /db.service does not exist");
  }
}

}  // namespace
}  // namespace wedged
