// SPDX-License-Identifier: Apache-2.0
#include "kernel/own_process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace wedged {
namespace {

// Fields of /proc/PID/stat behind the name, which may have spaces and parentheses: proc_pid_stat(5) counts
// the first of them as number 3.
std::vector<std::uint64_t> stat_fields(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::getline(file, text);
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos || end_of_name + 4 > text.size()) return {};
  std::istringstream words(text.substr(end_of_name + 4));  // behind ") S "
  std::vector<std::uint64_t> fields(4);
  for (std::int64_t word = 0; words >> word;) fields.push_back(static_cast<std::uint64_t>(word));
  return fields;
}

constexpr std::size_t user_time = 14, system_time = 15, start_time = 22, virtual_size = 23,
                      resident_pages = 24;

Duration of_ticks(std::uint64_t ticks) {
  static const auto per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return Duration{static_cast<std::int64_t>(ticks * (1'000'000'000U / per_second))};
}

// Now, less the age. /proc/stat has the time of boot, but renders every interrupt of the host for it.
WallTime wall_of_boottime(Duration since_boot) {
  timespec boottime{};
  clock_gettime(CLOCK_BOOTTIME, &boottime);
  const auto age =
      std::chrono::seconds(boottime.tv_sec) + std::chrono::nanoseconds(boottime.tv_nsec) - since_boot;
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) - age;
}

// Without the one that the counting opens.
std::uint64_t entries_of(const std::string& folder) {
  std::error_code failed;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed))
    ++count;
  return count > 0 ? count - 1 : 0;
}

std::uint64_t descriptor_limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

}  // namespace

std::optional<OwnProcess> OwnProcessReader::read() {
  const auto fields = stat_fields(proc_root_ + "/self/stat");
  if (fields.size() <= resident_pages) return std::nullopt;
  if (!started_) started_ = wall_of_boottime(of_ticks(fields[start_time]));
  OwnProcess own;
  own.cpu_time = of_ticks(fields[user_time] + fields[system_time]);
  own.resident_bytes = fields[resident_pages] * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  own.virtual_bytes = fields[virtual_size];
  own.open_descriptors = entries_of(proc_root_ + "/self/fd");
  own.most_descriptors = descriptor_limit();
  own.started = *started_;
  return own;
}

}  // namespace wedged
