// SPDX-License-Identifier: Apache-2.0
// What sysfs says of a block device: name, device-mapper name and state, requests in flight. Attributes of
// sysfs are answered from memory; none of them does I/O to the device.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "observation/task.h"

namespace wedged {

// Absent if there is no such block device (file systems without one have anonymous device numbers).
[[nodiscard]] std::optional<DeviceFacts> read_device(std::uint32_t major, std::uint32_t minor,
                                                     const std::string& sysfs_root = "/sys");

}  // namespace wedged
