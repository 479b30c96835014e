// SPDX-License-Identifier: Apache-2.0
// Only the folder is trusted, and it must be writable by its owner alone: then nobody can put a link, a pipe
// or a ledger of his own there.
#include "state/ledger_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace wedged {
namespace {

constexpr mode_t mode_of_file = 0600;    // it names units and processes
constexpr mode_t mode_of_folder = 0755;  // as systemd makes a RuntimeDirectory

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}

Error system_error_about(const std::string& what, const std::string& path) {
  const int error_number = errno;
  if (error_number == ELOOP)
    return {ErrorKind::malformed, what + " " + path + ": it is a symbolic link, and none is followed"};
  return system_error(error_number, what + " " + path);
}

Status make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), mode_of_folder) != 0 && errno != EEXIST)
    return system_error_about("cannot make the folder", folder);
  struct stat found {};
  if (::stat(folder.c_str(), &found) != 0) return system_error_about("cannot look at", folder);
  if (!S_ISDIR(found.st_mode)) return Error{ErrorKind::malformed, folder + " is no folder"};
  const bool of_others = found.st_uid != ::geteuid() && found.st_uid != 0;
  if (of_others || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return Error{ErrorKind::denied, "others may write to " + folder + ", so what is in it cannot be trusted"};
  return Nothing{};
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

// A record lock, not flock(2): it belongs to this process alone. One of flock(2) would be inherited by
// children, and a child that hangs in the kernel would keep the next monitor out. And it tells who has it.
Result<Fd> locked(const std::string& path) {
  const std::string name = path + ".lock";
  Fd fd(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode_of_file));
  if (!fd.valid()) return system_error_about("cannot open", name);
  auto lock = whole_file();
  if (::fcntl(fd.get(), F_SETLK, &lock) == 0) return fd;
  if (errno != EACCES && errno != EAGAIN) return system_error_about("cannot lock", name);
  auto holder = whole_file();
  const bool known = ::fcntl(fd.get(), F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK;
  return Error{ErrorKind::denied,
               "the ledger " + path + " is in use by " +
                   (known ? "process " + std::to_string(holder.l_pid) : std::string("another process"))};
}

std::string warning_about(const std::string& path) {
  struct statfs found {};
  if (::statfs(folder_of(path).c_str(), &found) != 0) return {};
  if (found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC) return {};
  return "the ledger " + path + " is not in memory: if its file system hangs, so does the monitor";
}

Result<std::string> read_bounded(int fd, const std::string& path) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (text.size() <= longest_ledger) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error_about("cannot read", path);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return Error{ErrorKind::malformed,
               path + ": must have at most " + std::to_string(longest_ledger) + " bytes"};
}

Status write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error_about("cannot write", path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return Nothing{};
}

// Nobody else writes here: what has this name was left by a writer that was killed.
Status write_new(const std::string& path, const std::string& text) {
  ::unlink(path.c_str());
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_of_file));
  if (!fd.valid()) return system_error_about("cannot make", path);
  if (auto written = write_all(fd.get(), text, path); !written) return written;
  if (::close(fd.release()) != 0) return system_error_about("cannot write", path);
  return Nothing{};
}

}  // namespace

Result<LedgerFile> LedgerFile::open(const std::string& path) {
  if (!path.starts_with('/')) return Error{ErrorKind::malformed, "the ledger's path must be absolute"};
  LedgerFile file(path);
  if (auto entered = file.enter(); !entered) return entered.error();
  file.warning_ = warning_about(path);
  return file;
}

// Closing any descriptor of the lock's file gives the lock up (fcntl(2)): the old one is closed before.
Status LedgerFile::enter() {
  lock_.close();
  if (auto made = make_folder(folder_of(path_)); !made) return made;
  auto lock = locked(path_);
  if (!lock) return lock.error();
  lock_ = std::move(*lock);
  return Nothing{};
}

Result<LedgerState> LedgerFile::load(const BootInfo& boot) const {
  // Opening a pipe would wait for a writer.
  const Fd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd.valid() && errno == ENOENT) return LedgerState{};
  if (!fd.valid()) return system_error_about("cannot read", path_);
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return system_error_about("cannot read", path_);
  if (!S_ISREG(found.st_mode)) return Error{ErrorKind::malformed, path_ + " is no file"};
  const auto text = read_bounded(fd.get(), path_);
  if (!text) return text.error();
  auto state = ledger_from_text(*text, boot);
  if (!state) return state.error().in(path_);
  return state;
}

Status LedgerFile::set_aside() const {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) == 0 && !S_ISREG(found.st_mode))
    return Error{ErrorKind::malformed,
                 path_ + " is no regular file, and stays as it is; the ledger needs a name of its own"};
  const std::string aside = path_ + ".corrupt";
  if (std::rename(path_.c_str(), aside.c_str()) == 0 || errno == ENOENT) return Nothing{};
  return system_error_about("cannot rename", path_);
}

Status LedgerFile::save(const std::string& text) {
  if (text.size() > longest_ledger) {
    return Error{ErrorKind::unsupported, "the ledger has more than " + std::to_string(longest_ledger) +
                                             " bytes, which could not be read again"};
  }
  if (!saved_.empty() && same_ledger(saved_, text)) return Nothing{};
  auto written = write(text);
  if (!written && written.error().kind == ErrorKind::gone) {
    if (auto entered = enter(); !entered) return entered;
    written = write(text);
  }
  saved_ = written ? text : std::string{};  // the next one is written, whatever it says
  return written;
}

// The new text is whole before it takes the old one's name, at once: rename(2).
Status LedgerFile::write(const std::string& text) const {
  const std::string fresh = path_ + ".new";
  auto written = write_new(fresh, text);
  if (written && std::rename(fresh.c_str(), path_.c_str()) != 0)
    written = system_error_about("cannot rename " + fresh + " to", path_);
  if (!written) ::unlink(fresh.c_str());
  return written;
}

}  // namespace wedged
