// SPDX-License-Identifier: Apache-2.0
#include "inspector/process_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace wedged {
namespace {

constexpr std::size_t longest_command_line = 4096;
constexpr std::size_t longest_file = 1UL << 18;  // of timers: about 2,000 of them

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_glibc(std::string_view name) {
  return name.starts_with("libc.so.6") || (name.starts_with("libc-2.") && name.ends_with(".so"));
}

// Debian installs it as /usr/lib/x86_64-linux-musl/libc.so. Elsewhere libc.so may be another C library.
bool is_musl(std::string_view name, std::string_view path) {
  return name.starts_with("ld-musl-") || name.starts_with("libc.musl-") ||
         (name == "libc.so" && path.find("musl") != std::string_view::npos);
}

}  // namespace

void read_command_line(const Target& target, ProcessSide& side) {
  auto arguments = target.read("cmdline", longest_command_line);
  if (arguments)
    side.command_line = joined_arguments(std::move(*arguments));
  else
    side.missing.push_back("command line: " + arguments.error().message);
}

void read_process_files(const Target& target, ProcessSide& side) {
  const auto status = target.read("status", longest_file);
  if (status) side.caught_signals = caught_signals_in(*status);
  if (!side.caught_signals) side.missing.emplace_back("caught signals: not in status");
  const auto timers = target.read("timers", longest_file);
  if (timers)
    side.posix_timers = timers_in(*timers);
  else
    side.missing.push_back("POSIX timers: " + timers.error().message);
}

// The link leads to the file that was started; its text is the name of it, in the process's own mount
// namespace, followed by " (deleted)".
bool executable_replaced(const Target& target) {
  std::array<char, 4096> name{};
  const auto length = ::readlinkat(target.folder(), "exe", name.data(), name.size());
  if (length <= 0) return false;
  const std::string path(name.data(), static_cast<std::size_t>(length));
  if (path.ends_with(" (deleted)")) return true;
  struct stat started {};
  struct stat named {};
  if (::fstatat(target.folder(), "exe", &started, 0) != 0) return false;
  if (::fstatat(target.folder(), ("root" + path).c_str(), &named, 0) != 0) return false;
  return started.st_ino != named.st_ino || started.st_dev != named.st_dev;
}

std::optional<CLibrary> libc_named_in(const AddressSpace& space) {
  for (const Mapping& mapping : space.mappings()) {
    if (mapping.inode == 0) continue;
    const auto name = base_name(mapping.path);
    if (is_glibc(name)) return CLibrary::glibc;
    if (is_musl(name, mapping.path)) return CLibrary::musl;
  }
  return std::nullopt;
}

std::string joined_arguments(std::string arguments) {
  while (!arguments.empty() && arguments.back() == '\0') arguments.pop_back();
  std::replace(arguments.begin(), arguments.end(), '\0', ' ');
  return arguments;
}

std::optional<std::uint64_t> caught_signals_in(const std::string& status) {
  constexpr std::string_view label = "\nSigCgt:\t";
  const auto place = status.find(label);
  if (place == std::string::npos) return std::nullopt;
  const char* const begin = status.data() + place + label.size();
  std::uint64_t signals = 0;
  const auto parsed = std::from_chars(begin, status.data() + status.size(), signals, 16);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return signals;
}

unsigned timers_in(const std::string& timers) {
  unsigned count = timers.starts_with("ID:") ? 1 : 0;
  for (auto place = timers.find("\nID:"); place != std::string::npos; place = timers.find("\nID:", place + 1))
    ++count;
  return count;
}

}  // namespace wedged
