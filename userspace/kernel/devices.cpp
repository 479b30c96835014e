// SPDX-License-Identifier: Apache-2.0
#include "kernel/devices.h"

#include <filesystem>
#include <fstream>

namespace wedged {
namespace {

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

std::optional<DeviceFacts> read_device(std::uint32_t major, std::uint32_t minor,
                                       const std::string& sysfs_root) {
  std::error_code error;
  const std::filesystem::path link =
      sysfs_root + "/dev/block/" + std::to_string(major) + ":" + std::to_string(minor);
  const auto folder = std::filesystem::canonical(link, error);
  if (error) return std::nullopt;
  DeviceFacts device;
  device.major = major;
  device.minor = minor;
  device.name = folder.filename();
  device.mapper_name = first_line(folder / "dm" / "name");
  device.suspended = first_line(folder / "dm" / "suspended") == "1";
  std::ifstream inflight(folder / "inflight");  // Documentation/ABI/stable/sysfs-block: reads and writes
  std::uint64_t reads = 0, writes = 0;
  if (inflight >> reads >> writes) device.in_flight = reads + writes;
  return device;
}

}  // namespace wedged
