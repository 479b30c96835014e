// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/device_text.h"

#include <gtest/gtest.h>

namespace wedged {
namespace {

DeviceFacts a_mapped_device() {
  DeviceFacts device;
  device.name = "dm-0";
  device.mapper_name = "data";
  return device;
}

LowerDevice below(unsigned depth, const std::string& name, const std::string& state = {}) {
  LowerDevice device;
  device.depth = depth;
  device.name = name;
  device.condition.state = state;
  return device;
}

TEST(DeviceText, a_mapped_device_is_shown_with_what_it_lies_on) {
  auto device = a_mapped_device();
  device.suspended = true;
  EXPECT_EQ(describe_device(device), "dm-0 (/dev/mapper/data, suspended)");
  device.lower = {below(1, "sda", "offline")};
  EXPECT_EQ(describe_device(device), "dm-0 (/dev/mapper/data, suspended) on sda (offline)");
}

TEST(DeviceText, levels_are_told_one_after_the_other) {
  auto device = a_mapped_device();
  device.lower = {below(1, "md0"), below(2, "sda"), below(2, "sdb", "blocked")};
  EXPECT_EQ(describe_device(device), "dm-0 (/dev/mapper/data) on md0 on sda, sdb (blocked)");
  EXPECT_EQ(describe_lower_devices(device), "md0 on sda, sdb (blocked)");
}

TEST(DeviceText, everything_out_of_the_ordinary_is_noted) {
  DeviceFacts device;
  device.name = "sda";
  EXPECT_EQ(describe_device(device), "sda");
  device.condition = {"blocked", "recovery", true, true, "/a.img", 812};
  device.in_flight = 2;
  EXPECT_EQ(describe_device(device),
            "sda (blocked, SCSI host in state recovery, read-only, of size 0, from file /a.img, connected by "
            "NBD client 812, 2 requests in flight)");
}

}  // namespace
}  // namespace wedged
