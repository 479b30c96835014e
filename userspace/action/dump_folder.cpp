// SPDX-License-Identifier: Apache-2.0
#include "action/dump_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

namespace wedged {
namespace {

constexpr mode_t folder_mode = 0700, file_mode = 0600;

std::vector<std::string> names_in(const Fd& folder) {
  const auto close = [](DIR* open) { ::closedir(open); };
  // An open file description of its own: reading moves it on.
  const int fd = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, decltype(close)> listing(fd < 0 ? nullptr : ::fdopendir(fd), close);
  std::vector<std::string> names;
  while (listing) {
    const dirent* entry = ::readdir(listing.get());
    if (entry == nullptr) break;
    names.emplace_back(entry->d_name);
  }
  return names;
}

std::uint64_t size_of(const Fd& folder, const std::string& name) {
  struct stat status {};
  const bool known = ::fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  return known ? static_cast<std::uint64_t>(status.st_size) : 0;
}

Status write_all(const Fd& file, const std::string& content) {
  std::size_t done = 0;
  while (done < content.size()) {
    const auto count = ::write(file.get(), content.data() + done, content.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_error(errno, "write the dump");
    done += static_cast<std::size_t>(count);
  }
  return Nothing{};
}

Error too_large(std::uint64_t bytes, std::uint64_t quota) {
  return {ErrorKind::system,
          "the dump has " + std::to_string(bytes) + " bytes, and dumps.quota is " + std::to_string(quota)};
}

Result<Fd> opened_folder(const std::string& directory) {
  Fd folder{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
  struct stat status {};
  if (!folder.valid() || ::fstat(folder.get(), &status) != 0) return system_error(errno, directory);
  const bool others_write = status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (others_write) return Error{ErrorKind::denied, directory + ": others may write to it"};
  return folder;
}

}  // namespace

Status DumpFolder::rehearse(const std::string& directory) {
  std::filesystem::path place = directory;
  std::error_code error;
  const bool missing =
      std::filesystem::symlink_status(place, error).type() == std::filesystem::file_type::not_found;
  if (!missing) {
    const auto folder = opened_folder(directory);
    return folder ? Status{Nothing{}} : Status{folder.error()};
  }
  while (place.has_relative_path() && !std::filesystem::exists(place, error)) place = place.parent_path();
  if (!std::filesystem::is_directory(place, error))
    return Error{ErrorKind::system, directory + ": " + place.string() + " is no folder"};
  if (::access(place.c_str(), W_OK) != 0) return system_error(errno, place.string());
  return Nothing{};
}

Result<DumpFolder> DumpFolder::open(const std::string& directory, std::uint64_t quota_bytes) {
  ::umask(0777 & ~folder_mode);
  std::error_code made;
  std::filesystem::create_directories(directory, made);
  auto folder = opened_folder(directory);
  if (!folder) return folder.error();
  if (::flock(folder->get(), LOCK_EX) != 0) return system_error(errno, "lock " + directory);
  DumpFolder opened(std::move(*folder), quota_bytes);
  opened.discard_all_partial();
  return opened;
}

Status DumpFolder::keep(const std::string& name, const std::string& content) {
  if (content.size() > quota_) return too_large(content.size(), quota_);
  if (auto room = make_room(content.size()); !room) return room;
  const auto partial = partial_name(name);
  const Fd file{::openat(folder_.get(), partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                         file_mode)};
  if (!file.valid()) return system_error(errno, partial);
  auto written = write_all(file, content);
  if (!written) discard(partial);
  return written ? keep_partial(partial, name) : written;
}

// It is on the disk before it is told: the next rung may be a reboot without sync.
Status DumpFolder::keep_partial(const std::string& partial, const std::string& name) {
  const Fd file{::openat(folder_.get(), partial.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (!file.valid()) return system_error(errno, partial);
  const auto bytes = size_of(folder_, partial);
  auto fits = bytes > quota_ ? Status(too_large(bytes, quota_)) : make_room(bytes);
  const bool synced = ::fchmod(file.get(), file_mode) == 0 && ::fsync(file.get()) == 0;
  if (fits && !synced) fits = system_error(errno, "keep " + partial);
  const bool renamed =
      fits && ::renameat2(folder_.get(), partial.c_str(), folder_.get(), name.c_str(), RENAME_NOREPLACE) == 0;
  if (fits && !renamed) fits = system_error(errno, "keep " + name);
  if (!fits) discard(partial);
  ::fsync(folder_.get());
  return fits;
}

void DumpFolder::discard(const std::string& partial) const {
  ::unlinkat(folder_.get(), partial.c_str(), 0);
}

Status DumpFolder::make_room(std::uint64_t bytes) const {
  std::map<std::string, std::uint64_t> dumps;  // by name, which is by time
  std::uint64_t sum = bytes;
  for (const auto& name : names_in(folder_)) {
    if (is_dump_name(name)) sum += dumps[name] = size_of(folder_, name);
  }
  for (const auto& [name, size] : dumps) {
    if (sum <= quota_) break;
    if (::unlinkat(folder_.get(), name.c_str(), 0) != 0) return system_error(errno, "remove " + name);
    sum -= size;
  }
  return Nothing{};
}

// Of aides that were killed in the middle: no other one is in here now. gcore adds ".PID" to what it writes.
void DumpFolder::discard_all_partial() const {
  const auto prefix = partial_name("");
  for (const auto& name : names_in(folder_)) {
    if (!name.starts_with(prefix)) continue;
    const auto dump = name.substr(prefix.size());
    if (is_dump_name(dump) || is_dump_name(dump.substr(0, dump.rfind('.')))) discard(name);
  }
}

}  // namespace wedged
