// SPDX-License-Identifier: Apache-2.0
#include "kernel/devices.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace wedged {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t lower_at_most = 16;
constexpr unsigned deepest = 4;

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// scsi_device_state_name and scsi_host_state_name (drivers/scsi/scsi_sysfs.c), nvme_ctrl_state
// (drivers/nvme/host/sysfs.c), array_states (drivers/md/md.c): states in which requests are served.
bool is_healthy(std::string_view state) {
  constexpr std::array<std::string_view, 6> states{"running", "live",        "clean",
                                                   "active",  "active-idle", "created"};
  return std::find(states.begin(), states.end(), state) != states.end();
}

std::string unhealthy(const std::string& state) {
  return is_healthy(state) ? std::string{} : state;
}

// The SCSI host, some folders above the disk: .../host2/target2:0:0/2:0:0:0/block/sda.
std::string host_state(const fs::path& disk) {
  for (fs::path folder = disk; folder.has_relative_path(); folder = folder.parent_path()) {
    const auto name = folder.filename().string();
    const bool numbered = name.size() > 4 && name.find_first_not_of("0123456789", 4) == std::string::npos;
    if (numbered && name.rfind("host", 0) == 0)
      return unhealthy(first_line(folder / "scsi_host" / name / "state"));
  }
  return {};
}

// Drivers describe a disk; a partition is a folder in its disk's.
DeviceCondition condition_of(const fs::path& folder) {
  std::error_code error;
  const auto disk = fs::exists(folder / "partition", error) ? folder.parent_path() : folder;
  DeviceCondition condition;
  condition.state = unhealthy(first_line(disk / "device" / "state"));
  if (condition.state.empty()) condition.state = unhealthy(first_line(disk / "md" / "array_state"));
  condition.host_state = host_state(disk);
  condition.read_only = first_line(folder / "ro") == "1";
  condition.no_size = first_line(folder / "size") == "0";
  condition.backing_file = first_line(disk / "loop" / "backing_file");
  if (disk.filename().string().rfind("nbd", 0) == 0) {
    std::ifstream pid(disk / "pid");  // there while it is connected
    if (int number = 0; pid >> number) condition.client_pid = number;
  }
  return condition;
}

// Documentation/ABI/stable/sysfs-block: reads and writes.
std::uint64_t in_flight(const fs::path& folder) {
  std::ifstream inflight(folder / "inflight");
  std::uint64_t reads = 0, writes = 0;
  return inflight >> reads >> writes ? reads + writes : 0;
}

template <typename Device>
void describe(const fs::path& folder, Device& device) {
  device.name = folder.filename();
  device.mapper_name = first_line(folder / "dm" / "name");
  device.suspended = first_line(folder / "dm" / "suspended") == "1";
  device.in_flight = in_flight(folder);
  device.condition = condition_of(folder);
}

std::vector<fs::path> folders_below(const fs::path& folder) {
  std::vector<fs::path> below;
  std::error_code error;
  for (fs::directory_iterator at(folder / "slaves", error), end; !error && at != end; at.increment(error)) {
    auto target = fs::canonical(at->path(), error);
    if (!error) below.push_back(std::move(target));
  }
  std::sort(below.begin(), below.end());
  return below;
}

// Level by level, so that what is cut off is what lies deepest.
std::vector<LowerDevice> lower_devices(const fs::path& top) {
  std::vector<LowerDevice> lower;
  std::vector<fs::path> seen{top};
  std::vector<fs::path> level{top};
  for (unsigned depth = 1; depth <= deepest && !level.empty(); ++depth) {
    std::vector<fs::path> next;
    for (const auto& upper : level) {
      for (auto& folder : folders_below(upper)) {
        if (std::find(seen.begin(), seen.end(), folder) != seen.end()) continue;
        if (lower.size() == lower_at_most) return lower;
        seen.push_back(folder);
        describe(folder, lower.emplace_back(LowerDevice{depth}));
        next.push_back(std::move(folder));
      }
    }
    level = std::move(next);
  }
  return lower;
}

}  // namespace

std::optional<DeviceFacts> read_device(std::uint32_t major, std::uint32_t minor,
                                       const std::string& sysfs_root) {
  std::error_code error;
  const fs::path link = sysfs_root + "/dev/block/" + std::to_string(major) + ":" + std::to_string(minor);
  const auto folder = fs::canonical(link, error);
  if (error) return std::nullopt;
  DeviceFacts device;
  device.major = major;
  device.minor = minor;
  describe(folder, device);
  device.lower = lower_devices(folder);
  return device;
}

}  // namespace wedged
