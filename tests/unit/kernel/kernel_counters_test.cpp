// SPDX-License-Identifier: Apache-2.0
#include "kernel/kernel_counters.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace wedged {
namespace {

namespace fs = std::filesystem;

class KernelCountersTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "wedged-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  [[nodiscard]] KernelCounters read() const { return read_kernel_counters(root_ / "proc", root_ / "sys"); }
  fs::path root_;
};

TEST_F(KernelCountersTest, of_a_kernel_that_has_none_are_absent_and_not_zero) {
  EXPECT_EQ(read(), KernelCounters{});
}

TEST_F(KernelCountersTest, are_each_read_from_their_own_file) {
  write("sys/kernel/oops_count", "1\n");
  write("sys/kernel/warn_count", "2\n");
  write("proc/sys/kernel/hung_task_detect_count", "3\n");
  write("sys/kernel/softlockup_count", "4\n");
  write("sys/kernel/hardlockup_count", "5\n");
  write("sys/kernel/rcu_stall_count", "6\n");
  write("proc/sys/kernel/tainted", "12928\n");
  EXPECT_EQ(read(), (KernelCounters{1, 2, 3, 4, 5, 6, 12928}));
}

TEST_F(KernelCountersTest, zero_is_a_count) {
  write("sys/kernel/oops_count", "0\n");
  EXPECT_EQ(read().oopses, 0U);
}

TEST_F(KernelCountersTest, what_is_no_number_is_no_count) {
  write("sys/kernel/oops_count", "\n");
  write("sys/kernel/warn_count", "many\n");
  EXPECT_EQ(read(), KernelCounters{});
}

TEST_F(KernelCountersTest, presence_names_each_file_and_says_why_one_is_missing) {
  write("sys/kernel/oops_count", "0\n");
  const auto presence = kernel_counter_presence(root_ / "proc", root_ / "sys");
  ASSERT_EQ(presence.size(), 7U);
  EXPECT_EQ(presence[0].name, (root_ / "sys/kernel/oops_count").string());
  EXPECT_TRUE(presence[0].there);
  EXPECT_FALSE(presence[3].there);
  EXPECT_NE(presence[3].why_not.find("v6.16"), std::string::npos);
}

}  // namespace
}  // namespace wedged
