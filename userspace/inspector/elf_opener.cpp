// SPDX-License-Identifier: Apache-2.0
#include "inspector/elf_opener.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace wedged {
namespace {

// Looked at before it is opened: opening a device does things.
Result<Fd> open_regular(int folder, const std::string& name) {
  struct stat facts {};
  if (::fstatat(folder, name.c_str(), &facts, 0) < 0) return system_error(errno, name);
  if (!S_ISREG(facts.st_mode)) return Error{ErrorKind::unsupported, name + " is no regular file"};
  Fd file{::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!file.valid()) return system_error(errno, name);
  return file;
}

bool is_mapped(const Fd& file, const Mapping& mapping) {
  struct stat facts {};
  return ::fstat(file.get(), &facts) == 0 && facts.st_ino == mapping.inode &&
         facts.st_dev == makedev(mapping.device_major, mapping.device_minor);
}

}  // namespace

// The link in map_files leads to the mapped file itself, without any path, but takes CAP_CHECKPOINT_RESTORE
// (Linux 5.9) to follow. By its path it may be another file by now: then device and inode differ (and on
// btrfs always, whose files have another device number in the map than in stat).
Result<Fd> open_mapped_file(const Target& target, const Mapping& mapping) {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "map_files/%lx-%lx", mapping.begin, mapping.end);
  auto file = open_regular(target.folder(), name.data());
  if (file) return file;
  if (mapping.deleted || !mapping.path.starts_with('/')) return file.error();
  auto by_path = open_regular(target.folder(), "root" + mapping.path);
  if (!by_path) return by_path.error();
  if (!is_mapped(*by_path, mapping))
    return Error{ErrorKind::gone, mapping.path + " is another file than the mapped one"};
  return by_path;
}

}  // namespace wedged
