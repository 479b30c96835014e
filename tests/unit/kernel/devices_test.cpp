// SPDX-License-Identifier: Apache-2.0
// Block devices as a sysfs made by the test has them: what they are made of, and what is wrong with it.
#include "kernel/devices.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace wedged {
namespace {

namespace fs = std::filesystem;

class Devices : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::temp_directory_path() / "wedged-XXXXXX";
    root_ = mkdtemp(name.data());
    fs::create_directories(root_ / "dev/block");
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << "\n";
  }
  // A device with this folder below devices/.
  void add(const std::string& folder) const { write("devices/" + folder + "/inflight", "0 0"); }
  void number(const std::string& folder, const std::string& number) const {
    fs::create_symlink(root_ / "devices" / folder, root_ / "dev/block" / number);
  }
  void stack(const std::string& upper, const std::string& lower) const {
    const auto slaves = root_ / "devices" / upper / "slaves";
    fs::create_directories(slaves);
    fs::create_symlink(root_ / "devices" / lower, slaves / fs::path(lower).filename());
  }
  [[nodiscard]] DeviceFacts read(std::uint32_t major, std::uint32_t minor) const {
    const auto device = read_device(major, minor, root_);
    EXPECT_TRUE(device.has_value());
    return device.value_or(DeviceFacts{});
  }

  fs::path root_;
};

TEST_F(Devices, a_mapped_device_names_what_it_is_made_of_level_by_level) {
  for (const auto* folder : {"dm-1", "dm-0", "pci/block/sda", "pci/block/sdb"}) add(folder);
  number("dm-1", "253:1");
  stack("dm-1", "dm-0");
  stack("dm-0", "pci/block/sda");
  stack("dm-0", "pci/block/sdb");
  write("devices/dm-0/dm/name", "vg-lv");
  write("devices/dm-0/dm/suspended", "1");
  write("devices/pci/block/sdb/device/state", "offline");
  write("devices/pci/block/sda/device/state", "running");
  write("devices/pci/block/sda/inflight", "1 1");
  const auto lower = read(253, 1).lower;
  ASSERT_EQ(lower.size(), 3U);
  EXPECT_EQ(lower[0], (LowerDevice{1, "dm-0", "vg-lv", true, 0, {}}));
  EXPECT_EQ(lower[1], (LowerDevice{2, "sda", "", false, 2, {}}));
  EXPECT_EQ(lower[2].condition.state, "offline");
}

TEST_F(Devices, a_device_below_two_others_is_told_once_and_a_loop_ends) {
  for (const auto* folder : {"dm-2", "dm-1", "dm-0", "sda"}) add(folder);
  number("dm-2", "253:2");
  stack("dm-2", "dm-1");
  stack("dm-2", "dm-0");
  stack("dm-1", "sda");
  stack("dm-0", "sda");
  stack("dm-0", "dm-2");
  EXPECT_EQ(read(253, 2).lower.size(), 3U);
}

TEST_F(Devices, of_a_huge_array_sixteen_devices_are_told) {
  add("md0");
  number("md0", "9:0");
  for (int disk = 0; disk < 40; ++disk) {
    add("disk" + std::to_string(disk));
    stack("md0", "disk" + std::to_string(disk));
  }
  EXPECT_EQ(read(9, 0).lower.size(), 16U);
}

TEST_F(Devices, a_scsi_host_in_recovery_is_told_of_its_disks_and_their_partitions) {
  const std::string disk = "pci/host2/target2:0:0/2:0:0:0/block/sda";
  add(disk);
  add(disk + "/sda1");
  write("devices/" + disk + "/sda1/partition", "1");
  write("devices/pci/host2/scsi_host/host2/state", "recovery");
  write("devices/" + disk + "/device/state", "blocked");
  number(disk, "8:0");
  number(disk + "/sda1", "8:1");
  EXPECT_EQ(read(8, 1).name, "sda1");
  for (const auto& device : {read(8, 0), read(8, 1)}) {
    EXPECT_EQ(device.condition.host_state, "recovery");
    EXPECT_EQ(device.condition.state, "blocked");
  }
  write("devices/pci/host2/scsi_host/host2/state", "running");
  write("devices/" + disk + "/device/state", "running");
  EXPECT_EQ(read(8, 1).condition, DeviceCondition{});
}

TEST_F(Devices, a_loop_device_names_its_file_and_an_nbd_device_its_client) {
  add("loop0");
  number("loop0", "7:0");
  write("devices/loop0/loop/backing_file", "/mnt/nfs/disk.img");
  write("devices/loop0/ro", "1");
  add("nbd0");
  number("nbd0", "43:0");
  write("devices/nbd0/pid", "812");
  EXPECT_EQ(read(7, 0).condition.backing_file, "/mnt/nfs/disk.img");
  EXPECT_TRUE(read(7, 0).condition.read_only);
  EXPECT_EQ(read(43, 0).condition.client_pid, 812);
}

TEST_F(Devices, a_device_of_size_0_is_told_so) {
  add("sr0");
  number("sr0", "11:0");
  write("devices/sr0/size", "0");
  EXPECT_TRUE(read(11, 0).condition.no_size);
  write("devices/sr0/size", "8");
  EXPECT_FALSE(read(11, 0).condition.no_size);
}

TEST_F(Devices, arrays_and_controllers_tell_the_state_that_is_out_of_the_ordinary) {
  add("md0");
  number("md0", "9:0");
  write("devices/md0/md/array_state", "write-pending");
  add("nvme0n1");
  number("nvme0n1", "259:0");
  write("devices/nvme0n1/device/state", "resetting");
  EXPECT_EQ(read(9, 0).condition.state, "write-pending");
  EXPECT_EQ(read(259, 0).condition.state, "resetting");
  write("devices/nvme0n1/device/state", "live");
  write("devices/md0/md/array_state", "clean");
  EXPECT_EQ(read(9, 0).condition.state, "");
  EXPECT_EQ(read(259, 0).condition.state, "");
}

}  // namespace
}  // namespace wedged
