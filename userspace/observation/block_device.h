// SPDX-License-Identifier: Apache-2.0
// A block device, and what it is made of, as sysfs describes it. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wedged {

// What not every block device has to tell. All empty for a healthy disk.
struct DeviceCondition {
  std::string state = {};       // of a SCSI disk, an NVMe controller or an array, unless it is a healthy one
  std::string host_state = {};  // of its SCSI host, the same: "recovery"
  bool read_only = false;
  bool no_size = false;           // no medium, no table, nothing attached
  std::string backing_file = {};  // of a loop device
  int client_pid = 0;             // NBD: the process that connected it, which may have ended since; 0: none

  bool operator==(const DeviceCondition&) const = default;
};

// One of the devices that another one is made of.
struct LowerDevice {
  unsigned depth = 1;  // 1: directly below
  std::string name = {};
  std::string mapper_name = {};
  bool suspended = false;
  std::uint64_t in_flight = 0;
  DeviceCondition condition = {};

  bool operator==(const LowerDevice&) const = default;
};

struct DeviceFacts {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::string name = {};             // "dm-0"
  std::string mapper_name = {};      // "data"; empty unless device-mapper
  bool suspended = false;            // device-mapper says so
  std::uint64_t in_flight = 0;       // requests issued and not completed
  DeviceCondition condition = {};    // of a partition: its disk's
  std::vector<LowerDevice> lower{};  // by depth; each once

  bool operator==(const DeviceFacts&) const = default;
};

}  // namespace wedged
