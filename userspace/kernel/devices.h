// SPDX-License-Identifier: Apache-2.0
// What sysfs says of a block device and of those that it is made of: names, states, requests in flight. Only
// attributes that are answered from memory and without the queue's lock, which hangs with the device
// (queue_attr_show: never queue/*); none of them does I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "observation/block_device.h"

namespace wedged {

// Absent if there is no such block device (file systems without one have anonymous device numbers).
[[nodiscard]] std::optional<DeviceFacts> read_device(std::uint32_t major, std::uint32_t minor,
                                                     const std::string& sysfs_root = "/sys");

}  // namespace wedged
