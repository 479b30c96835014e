// SPDX-License-Identifier: Apache-2.0
#include "file_parity.h"

#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "child.h"
#include "parity.h"
#include "proc_file.h"
#include "watch.h"

namespace wedged::test {
namespace {

std::string make_folder() {
  std::string name =
      std::filesystem::canonical(std::filesystem::temp_directory_path()) / "wedged-test-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  return name;
}

void enter_own_tmpfs(const std::string& folder) {
  must(unshare(CLONE_NEWNS), "unshare");
  must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make mounts private");
  must(mount("the test's own", folder.c_str(), "tmpfs", 0, nullptr), "mount tmpfs");
  must(chdir(folder.c_str()), "chdir");
}

void same_path(const FileFacts& file, const std::string& path) {
  const auto cut = file.path.find("/.../");
  if (cut == std::string::npos) return same("path", file.path, path);
  same("mount point in front of a cut path", file.path.substr(0, cut), file.mount_point);
  holds("the end of a cut path", path.ends_with(file.path.substr(cut + 4)));
  holds("something is cut", path.size() > file.path.size());
}

void same_file(const FileFacts& file, const ProcFile& proc) {
  same_path(file, proc.path);
  same("inode", file.inode, proc.inode);
  if (!proc.mount) return;
  same("file system", file.fs_type, proc.mount->fs_type);
  same("mount source", file.mount_source, proc.mount->source);
  same("mount point", file.mount_point, proc.mount->point);
  if (file.is_block_device) return;
  same("major number", file.device_major, proc.mount->device_major);
  same("minor number", file.device_minor, proc.mount->device_minor);
}

}  // namespace

void wait_for_lock(const std::string& path, int flags) {
  const int holder = must(open(path.c_str(), flags, 0644), path.c_str());
  wait_for_lock_of(holder, must(open(path.c_str(), flags, 0644), path.c_str()));
}

void wait_for_lock_of(int holder, int waiter) {
  must(flock(holder, LOCK_EX), "flock");
  flock(waiter, LOCK_EX);
}

void read_for_ever(int fd) {
  std::array<char, 8> bytes{};
  static_cast<void>(!read(fd, bytes.data(), bytes.size()));
}

void FileParity::SetUp() {
  KernelTest::SetUp();
  if (!IsSkipped() && !HasFatalFailure()) folder_ = make_folder();
}

void FileParity::TearDown() {
  if (!folder_.empty()) rmdir(folder_.c_str());
  KernelTest::TearDown();
}

TaskDetails FileParity::details_of(const Waiting& wait, long call) {
  Child child([&](const Line& line) {
    enter_own_tmpfs(folder_);
    line.say();
    wait();
    return 1;
  });
  child.hear();
  await_call(child.pid(), child.pid(), call);
  auto observer = watch({child.pid()});
  const auto task = expect_parity(observer, observed(observer, child.pid()).id);
  nothing_was_lost(observer);
  const auto& details = task.details.value();
  if (details.file) {
    const int fd = static_cast<int>(task.call.value().arguments.value().at(0));
    same_file(*details.file, read_proc_file(child.pid(), fd));
  }
  return details;
}

FileFacts FileParity::file_of(const Waiting& wait, long call) {
  const auto details = details_of(wait, call);
  EXPECT_TRUE(details.file.has_value());
  return details.file.value_or(FileFacts{});
}

}  // namespace wedged::test
