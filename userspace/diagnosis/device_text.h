// SPDX-License-Identifier: Apache-2.0
// Words for block devices and for what is out of the ordinary with them. Pure.
#pragma once

#include <string>
#include <vector>

#include "observation/block_device.h"

namespace wedged {

// "dm-0 (/dev/mapper/data, suspended) on sda (offline)".
[[nodiscard]] std::string describe_device(const DeviceFacts& device);

// Of the device itself: "suspended", "read-only", "3 requests in flight", ...
[[nodiscard]] std::vector<std::string> device_notes(const DeviceFacts& device);

// What it is made of, level by level, each with its notes: "dm-1 (/dev/mapper/pv) on sda, sdb (offline)";
// empty for a disk.
[[nodiscard]] std::string describe_lower_devices(const DeviceFacts& device);

}  // namespace wedged
