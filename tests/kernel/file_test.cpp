// SPDX-License-Identifier: Apache-2.0
// The file behind the descriptor of a call, read from kernel memory, is the one that /proc/PID/fd names: of
// every kind.
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <filesystem>

#include "child.h"
#include "file_parity.h"
#include "kernel_test.h"
#include "proc_task.h"

namespace wedged::test {
namespace {

TEST_F(FileParity, of_a_regular_file) {
  const auto file = file_of([] { wait_for_lock("a file"); });
  same("path", file.path, folder_ + "/a file");
  same("mount source", file.mount_source, "the test's own");
}

TEST_F(FileParity, of_a_folder) {
  same("path", file_of([] { wait_for_lock(".", O_RDONLY); }).path, folder_);
}

TEST_F(FileParity, of_a_deleted_file) {
  const auto file = file_of([] {
    const int holder = must(open("gone", O_RDONLY | O_CREAT, 0644), "open");
    const int waiter = must(open("gone", O_RDONLY), "open");
    must(unlink("gone"), "unlink");
    wait_for_lock_of(holder, waiter);
  });
  same("path", file.path, folder_ + "/gone");
}

TEST_F(FileParity, of_a_pipe) {
  const auto file = file_of(
      [] {
        std::array<int, 2> ends{};
        must(pipe(ends.data()), "pipe");
        read_for_ever(ends[0]);
      },
      SYS_read);
  same("file system", file.fs_type, "pipefs");
  same("path", file.path, "pipe:[" + std::to_string(file.inode) + "]");
}

TEST_F(FileParity, of_a_named_pipe) {
  const auto file = file_of(
      [] {
        must(mkfifo("fifo", 0600), "mkfifo");
        read_for_ever(must(open("fifo", O_RDWR), "open"));
      },
      SYS_read);
  same("path", file.path, folder_ + "/fifo");
}

TEST_F(FileParity, of_a_socket) {
  const auto file = file_of(
      [] {
        std::array<int, 2> ends{};
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), "socketpair");
        read_for_ever(ends[0]);
      },
      SYS_read);
  same("file system", file.fs_type, "sockfs");
}

TEST_F(FileParity, of_an_anonymous_inode) {
  same("an eventfd", file_of([] { read_for_ever(must(eventfd(0, 0), "eventfd")); }, SYS_read).path,
       "anon_inode:[eventfd]");
  const auto epoll = file_of(
      [] {
        epoll_event event{};
        syscall(SYS_epoll_wait, must(epoll_create1(0), "epoll_create1"), &event, 1, -1);
      },
      SYS_epoll_wait);
  same("an epoll", epoll.path, "anon_inode:[eventpoll]");
}

TEST_F(FileParity, of_memory_with_a_descriptor) {
  const auto file = file_of([] {
    const int holder = must(static_cast<int>(syscall(SYS_memfd_create, "some memory", 0)), "memfd_create");
    const int waiter = must(open(("/proc/self/fd/" + std::to_string(holder)).c_str(), O_RDWR), "open");
    wait_for_lock_of(holder, waiter);
  });
  same("path", file.path, "/memfd:some memory");
}

TEST_F(FileParity, of_a_character_device) {
  const auto file = file_of([] {
    must(mknod("null", S_IFCHR | 0600, makedev(1, 3)), "mknod");
    wait_for_lock("null", O_RDONLY);
  });
  holds("it is no block device", !file.is_block_device);
  same("file system", file.fs_type, "tmpfs");
}

// A loop device without a file behind it can be opened; nothing is read from it.
TEST_F(FileParity, of_a_block_device_and_what_sysfs_says_of_it) {
  const auto number = file_text("/sys/block/loop0/dev");
  if (number.empty()) WEDGED_SKIP("no /sys/block/loop0");
  const auto major = static_cast<std::uint32_t>(std::stoul(number));
  const auto minor = static_cast<std::uint32_t>(std::stoul(number.substr(number.find(':') + 1)));
  const auto details = details_of(
      [&] {
        must(mknod("a block device", S_IFBLK | 0600, makedev(major, minor)), "mknod");
        wait_for_lock("a block device", O_RDONLY | O_NONBLOCK);
      },
      SYS_flock);
  ASSERT_TRUE(details.file.has_value());
  holds("it is a block device", details.file->is_block_device);
  same("major number of the node", details.file->device_major, major);
  same("minor number of the node", details.file->device_minor, minor);
  ASSERT_TRUE(details.device.has_value());
  same("name of the device", details.device->name, "loop0");
  holds("it is not suspended", !details.device->suspended);
}

TEST_F(FileParity, of_a_file_on_the_disk_that_its_file_system_is_on) {
  const auto path = folder_ + ".lock";
  struct stat facts {};
  const Fd file{must(open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600), "open")};
  must(fstat(file.get(), &facts), "fstat");
  unlink(path.c_str());
  const auto number = std::to_string(major(facts.st_dev)) + ":" + std::to_string(minor(facts.st_dev));
  const auto sysfs = link_text("/sys/dev/block/" + number);
  if (sysfs.empty()) WEDGED_SKIP("temporary files are on no block device");
  const auto details = details_of([&] { wait_for_lock(path); }, SYS_flock);
  ASSERT_TRUE(details.device.has_value());
  same("name of the device", details.device->name, std::filesystem::path(sysfs).filename().string());
  unlink(path.c_str());
}

TEST_F(FileParity, of_no_file_where_the_call_takes_no_descriptor) {
  const auto sleeping = details_of(
      [] {
        const timespec hours{100'000, 0};
        nanosleep(&hours, nullptr);
      },
      SYS_clock_nanosleep);
  holds("a sleeper has no file", !sleeping.file.has_value());
}

TEST_F(FileParity, of_no_file_where_the_descriptor_is_the_current_folder) {
  const auto opening = details_of(
      [] {
        must(mkfifo("fifo", 0600), "mkfifo");
        syscall(SYS_openat, AT_FDCWD, "fifo", O_RDONLY);
      },
      SYS_openat);
  holds("whoever opens has no file yet", !opening.file.has_value());
}

}  // namespace
}  // namespace wedged::test
