// SPDX-License-Identifier: Apache-2.0
// Paths and mount points from kernel memory are those of /proc/PID/fd and mountinfo, whatever the names and
// the mounts.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "file_parity.h"
#include "kernel_test.h"

namespace wedged::test {
namespace {

TEST_F(FileParity, of_names_with_spaces_newlines_quotes_and_utf_8) {
  const std::string odd = "a b\tc\nd\\e\"f'g é \x01";
  const auto file = file_of([&] {
    must(mkdir(odd.c_str(), 0755), "mkdir");
    wait_for_lock(odd + "/" + odd);
  });
  same("path", file.path, folder_ + "/" + odd + "/" + odd);
}

TEST_F(FileParity, of_the_longest_name) {
  const std::string longest(255, 'n');
  same("path", file_of([&] { wait_for_lock(longest); }).path, folder_ + "/" + longest);
}

std::string nested(int folders) {
  std::string path;
  for (int depth = 0; depth < folders; ++depth) {
    path += "d" + std::to_string(depth);
    must(mkdir(path.c_str(), 0755), "mkdir");
    path += "/";
  }
  return path + "file";
}

TEST_F(FileParity, of_paths_as_deep_as_we_look) {
  const auto path = file_of([] { wait_for_lock(nested(23)); }).path;
  same("names of it that are missing", path.find("..."), std::string::npos);
}

TEST_F(FileParity, of_deeper_paths_with_a_mark_for_what_is_missing) {
  const auto path = file_of([] { wait_for_lock(nested(30)); }).path;
  holds("it says that it is cut", path.starts_with(folder_ + "/.../d7/d8/"));
}

TEST_F(FileParity, of_paths_longer_than_we_keep_with_a_mark_for_what_is_missing) {
  const auto file = file_of([] {
    std::string path;
    for (int depth = 0; depth < 8; ++depth) {
      path += std::string(200, static_cast<char>('a' + depth));
      must(mkdir(path.c_str(), 0755), "mkdir");
      path += "/";
    }
    wait_for_lock(path + "file");
  });
  holds("it says that it is cut", file.path.starts_with(folder_ + "/.../"));
  holds("its end is there", file.path.ends_with(std::string(200, 'h') + "/file"));
}

TEST_F(FileParity, of_a_file_seen_through_a_bind_mount_of_a_folder) {
  const auto file = file_of([] {
    must(mkdir("from", 0755), "mkdir");
    must(mkdir("from/inner", 0755), "mkdir");
    must(mkdir("bound here", 0755), "mkdir");
    must(mount("from", "bound here", nullptr, MS_BIND, nullptr), "bind");
    wait_for_lock("bound here/inner/file");
  });
  same("path", file.path, folder_ + "/bound here/inner/file");
  same("mount point", file.mount_point, folder_ + "/bound here");
}

TEST_F(FileParity, of_a_file_that_is_a_mount_itself) {
  const auto file = file_of([] {
    must(close(must(open("from", O_RDONLY | O_CREAT, 0644), "open")), "close");
    must(close(must(open("on", O_RDONLY | O_CREAT, 0644), "open")), "close");
    must(mount("from", "on", nullptr, MS_BIND, nullptr), "bind");
    wait_for_lock("on", O_RDONLY);
  });
  same("path", file.path, folder_ + "/on");
  same("mount point", file.mount_point, folder_ + "/on");
}

TEST_F(FileParity, of_a_file_in_a_mount_on_a_mount_on_a_mount) {
  const auto file = file_of([] {
    for (const char* name : {"one\nline", "two", "two"}) {
      mkdir(name, 0755);
      must(mount(name, name, "tmpfs", 0, nullptr), "mount");
      must(chdir(name), "chdir");
    }
    wait_for_lock("file");
  });
  same("mount point", file.mount_point, folder_ + "/one\nline/two/two");
}

TEST_F(FileParity, of_a_file_below_a_changed_root) {
  const auto file = file_of([] {
    must(mkdir("root", 0755), "mkdir");
    must(chroot("root"), "chroot");
    wait_for_lock("/file");
  });
  same("path", file.path, folder_ + "/root/file");
}

TEST_F(FileParity, of_a_file_on_a_mount_that_was_taken_away_lazily) {
  const auto file = file_of([] {
    must(mkdir("away", 0755), "mkdir");
    must(mount("away", "away", "tmpfs", 0, nullptr), "mount");
    const int holder = must(open("away/file", O_RDONLY | O_CREAT, 0644), "open");
    const int waiter = must(open("away/file", O_RDONLY), "open");
    must(umount2("away", MNT_DETACH), "umount");
    wait_for_lock_of(holder, waiter);
  });
  same("path", file.path, "/file");
  same("mount source", file.mount_source, "away");
}

}  // namespace
}  // namespace wedged::test
