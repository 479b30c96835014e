// SPDX-License-Identifier: Apache-2.0
#include "inspector/target.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <sstream>

namespace wedged {
namespace {

struct Stat {
  char state = 'X';
  std::uint64_t start_ticks = 0;  // since boot, suspended time included

  [[nodiscard]] bool ended() const { return state == 'Z' || state == 'X'; }
};

// The command in parentheses may hold anything, spaces and parentheses too: the last one ends it.
std::optional<Stat> stat_of(const std::string& text) {
  const auto command_end = text.rfind(')');
  if (command_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(command_end + 1));
  Stat stat;
  fields >> stat.state;  // field 3
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  if (!(fields >> stat.start_ticks)) return std::nullopt;
  return stat;
}

std::uint64_t ticks_of(std::uint64_t start_boottime_ns) {
  const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return start_boottime_ns / (1'000'000'000 / ticks_per_second);
}

Result<Fd> open_under(int folder, const std::string& name, int flags) {
  Fd file{::openat(folder, name.c_str(), flags | O_CLOEXEC)};
  if (!file.valid()) return system_error(errno, name);
  return file;
}

Result<Stat> read_stat(const Fd& folder) {
  auto file = open_under(folder.get(), "stat", O_RDONLY);
  if (!file) return file.error();
  const auto text = read_up_to(*file, 4096);
  if (!text) return text.error();
  if (const auto stat = stat_of(*text)) return *stat;
  return Error{ErrorKind::malformed, "stat: '" + *text + "'"};
}

struct Opened {
  Fd folder;
  Stat stat;
};

// A thread has a folder there too, though none that is listed.
Result<Opened> open_task(int id, std::uint64_t start_boottime_ns) {
  const Error gone{ErrorKind::gone, "the process is gone"};
  auto folder = open_under(AT_FDCWD, "/proc/" + std::to_string(id), O_PATH | O_DIRECTORY);
  if (!folder) return folder.error().kind == ErrorKind::gone ? gone : folder.error();
  const auto stat = read_stat(*folder);
  if (!stat) return stat.error().kind == ErrorKind::gone ? gone : stat.error();
  if (stat->start_ticks != ticks_of(start_boottime_ns)) return gone;
  return Opened{std::move(*folder), *stat};
}

}  // namespace

Result<Target> Target::open(const InspectRequest& request) {
  auto leader = open_task(request.process.tgid, request.process.start_boottime_ns);
  if (!leader) return leader.error();
  if (!leader->stat.ended()) return Target{std::move(leader->folder), request.process.tgid};
  for (const InspectThread& thread : request.threads) {
    auto opened = open_task(thread.id.tid, thread.id.start_boottime_ns);
    if (opened && !opened->stat.ended()) return Target{std::move(opened->folder), thread.id.tid};
  }
  return Error{ErrorKind::gone, "the process has ended and waits to be reaped"};
}

bool Target::still_there() const {
  const auto stat = read_stat(folder_);
  return stat && !stat->ended();
}

Result<std::string> Target::read(const std::string& name, std::size_t most) const {
  const auto file = open_file(name);
  if (!file) return file.error();
  const auto text = read_up_to(*file, most);
  return text ? text : text.error().in(name);
}

Result<Fd> Target::open_file(const std::string& name) const {
  return open_under(folder_.get(), name, O_RDONLY);
}

Result<std::string> read_up_to(const Fd& file, std::size_t most) {
  std::string bytes(most, '\0');
  std::size_t length = 0;
  while (length < most) {
    const auto count = ::read(file.get(), bytes.data() + length, most - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "read");
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace wedged
