// SPDX-License-Identifier: Apache-2.0
// The folders /proc and /sys are a seam: these tests make their own.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "kernel/devices.h"
#include "kernel/procfs.h"

namespace wedged {
namespace {

namespace fs = std::filesystem;

class SystemFiles : public testing::Test {
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
  fs::path root_;
};

TEST_F(SystemFiles, sys_admin_is_enough_to_observe) {
  write("self/status", "Name:\tx\nCapEff:\t0000000000200000\n");
  const auto missing = missing_observer_capabilities(root_);
  ASSERT_TRUE(missing.ok());
  EXPECT_TRUE(missing->empty());
}

TEST_F(SystemFiles, both_lesser_capabilities_are_needed_otherwise) {
  write("self/status", "CapEff:\t0000008000000000\n");
  EXPECT_EQ(*missing_observer_capabilities(root_), (std::set<std::string>{"CAP_PERFMON"}));
  write("self/status", "CapEff:\t000000c000000000\n");
  EXPECT_TRUE(missing_observer_capabilities(root_)->empty());
  write("self/status", "CapEff:\t0000000000000000\n");
  EXPECT_EQ(missing_observer_capabilities(root_)->size(), 2U);
}

TEST_F(SystemFiles, without_proc_the_error_says_so) {
  EXPECT_FALSE(missing_observer_capabilities(root_).ok());
}

TEST_F(SystemFiles, the_boot_is_told_or_an_error_says_where_it_should_be) {
  write("sys/kernel/random/boot_id", "0b6a5f2e-7d9c-4e0f-9f43-2d6a1f0c8e11\n");
  EXPECT_EQ(*boot_id(root_), "0b6a5f2e-7d9c-4e0f-9f43-2d6a1f0c8e11");
  write("sys/kernel/random/boot_id", "\n");
  EXPECT_FALSE(boot_id(root_).ok());
  EXPECT_FALSE(boot_id(root_ / "none").ok());
}

TEST_F(SystemFiles, ancestors_go_up_to_init_and_no_further) {
  write("self/status", "PPid:\t30\n");
  write("30/status", "PPid:\t20\n");
  write("20/status", "PPid:\t1\n");
  write("1/status", "PPid:\t0\n");
  EXPECT_EQ(own_ancestors(root_), (std::vector<int>{30, 20, 1}));
}

TEST_F(SystemFiles, a_loop_among_ancestors_ends) {
  write("self/status", "PPid:\t30\n");
  write("30/status", "PPid:\t31\n");
  write("31/status", "PPid:\t30\n");
  EXPECT_EQ(own_ancestors(root_), (std::vector<int>{30, 31}));
}

TEST_F(SystemFiles, a_scope_needs_a_process_not_a_thread) {
  write("40/status", "Tgid:\t40\n");
  write("41/status", "Tgid:\t40\n");
  EXPECT_TRUE(check_process(40, root_).ok());
  EXPECT_EQ(check_process(42, root_).error().kind, ErrorKind::gone);
  const auto thread = check_process(41, root_);
  ASSERT_FALSE(thread.ok());
  EXPECT_EQ(thread.error().message, "41 is a thread of process 40; give that one");
}

TEST_F(SystemFiles, a_device_mapper_device_tells_name_and_state) {
  write("devices/virtual/block/dm-0/dm/name", "data\n");
  write("devices/virtual/block/dm-0/dm/suspended", "1\n");
  write("devices/virtual/block/dm-0/inflight", "       2        3\n");
  fs::create_directories(root_ / "dev/block");
  fs::create_symlink("../../devices/virtual/block/dm-0", root_ / "dev/block/253:0");
  const auto device = read_device(253, 0, root_);
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(*device, (DeviceFacts{253, 0, "dm-0", "data", true, 5, {}, {}}));
}

TEST_F(SystemFiles, a_plain_disk_has_no_mapper_name_and_is_not_suspended) {
  write("devices/sda/inflight", "0 0\n");
  fs::create_directories(root_ / "dev/block");
  fs::create_symlink("../../devices/sda", root_ / "dev/block/8:0");
  const auto device = read_device(8, 0, root_);
  ASSERT_TRUE(device.has_value());
  EXPECT_EQ(device->name, "sda");
  EXPECT_TRUE(device->mapper_name.empty());
  EXPECT_FALSE(device->suspended);
}

TEST_F(SystemFiles, an_anonymous_device_number_is_no_device) {
  EXPECT_FALSE(read_device(0, 44, root_).has_value());
}

TEST_F(SystemFiles, a_cgroup_needs_a_cgroup2_mount) {
  write("self/mounts", "proc /proc proc rw 0 0\n");
  const auto place = find_cgroup("/x", root_);
  ASSERT_FALSE(place.ok());
  EXPECT_EQ(place.error().kind, ErrorKind::unsupported);
}

TEST_F(SystemFiles, a_cgroup_that_does_not_exist_is_named) {
  write("self/mounts", "none " + (root_ / "cg").string() + " cgroup2 rw 0 0\n");
  const auto place = find_cgroup("no/such", root_);
  ASSERT_FALSE(place.ok());
  EXPECT_NE(place.error().message.find("no/such"), std::string::npos);
}

}  // namespace
}  // namespace wedged
