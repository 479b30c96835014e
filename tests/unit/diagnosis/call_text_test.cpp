// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/call_text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include "diagnosis/call_shapes.h"
#include "observation/syscall_names.h"
#include "support/builders.h"

namespace wedged {
namespace {

using test::a_thread;
using Arguments = std::array<std::uint64_t, 6>;

constexpr std::uint64_t here = static_cast<std::uint32_t>(AT_FDCWD);

Task in_call(const std::string& name, const Arguments& arguments) {
  Task task = a_thread().in_call(syscall_number(name).value());
  task.call->arguments = arguments;
  return task;
}

Task on_file(Task task, const std::string& path) {
  task.details->file.emplace().path = path;
  return task;
}

Task walking(Task task, const std::string& name) {
  task.details->path_walk.emplace().name = name;
  return task;
}

struct TextCase {
  const char* name;
  Arguments arguments;
  const char* text;
};
void PrintTo(const TextCase& tested, std::ostream* out) {
  *out << tested.text;
}

class CallText : public testing::TestWithParam<TextCase> {};
TEST_P(CallText, is_as_strace_shows_it) {
  EXPECT_EQ(call_text(in_call(GetParam().name, GetParam().arguments)), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Describe, CallText,
    testing::Values(
        TextCase{"write", {1, 0x7ffd1000, 5}, "write(1, 0x7ffd1000, 5)"},
        TextCase{"pread64", {3, 0x10, 4096, 1ULL << 40}, "pread64(3, 0x10, 4096, 1099511627776)"},
        TextCase{"wait4", {4711, 0, 0, 0}, "wait4(4711, NULL, 0, NULL)"},
        TextCase{"wait4", {0xffffffff, 0x10, 2, 0}, "wait4(-1, 0x10, 0x2, NULL)"},
        TextCase{"ioctl", {3, 0xc0045877, 0}, "ioctl(3, 0xc0045877, 0)"},
        TextCase{"futex", {0x7f10, FUTEX_WAIT_PRIVATE, 2}, "futex(0x7f10, FUTEX_WAIT_PRIVATE, 2)"},
        TextCase{"futex", {0x7f10, FUTEX_WAIT, 2, 0x99}, "futex(0x7f10, FUTEX_WAIT, 2, 0x99)"},
        TextCase{"futex", {0x7f10, 77}, "futex(0x7f10, 0x4d, 0, NULL, NULL, 0)"},
        TextCase{"openat", {here, 0x10, O_RDONLY | O_CLOEXEC}, "openat(AT_FDCWD, 0x10, O_RDONLY|O_CLOEXEC)"},
        TextCase{"openat",
                 {4, 0x10, O_WRONLY | O_CREAT | O_TRUNC, 0644},
                 "openat(4, 0x10, O_WRONLY|O_CREAT|O_TRUNC, 0644)"},
        TextCase{"openat", {4, 0x10, 0x40000002}, "openat(4, 0x10, O_RDWR|0x40000000)"},
        TextCase{"openat", {4, 0x10, O_RDWR | O_SYNC}, "openat(4, 0x10, O_RDWR|O_SYNC)"},
        TextCase{"openat", {4, 0x10, O_TMPFILE | 2, 0600}, "openat(4, 0x10, O_RDWR|O_TMPFILE, 0600)"},
        TextCase{"flock", {3, LOCK_EX | LOCK_NB}, "flock(3, LOCK_EX|LOCK_NB)"},
        TextCase{"epoll_pwait", {5, 0x10, 8, 0xffffffff, 0, 0}, "epoll_pwait(5, 0x10, 8, -1, NULL)"},
        TextCase{"clock_nanosleep", {1, 0, 0x10, 0}, "clock_nanosleep(CLOCK_MONOTONIC, 0, 0x10, NULL)"},
        TextCase{"kill", {17, 9}, "kill(17, SIGKILL)"}, TextCase{"sync", {}, "sync()"},
        TextCase{"umask", {18}, "umask(0x12, 0x0, 0x0, 0x0, 0x0, 0x0)"}));

TEST(Describe, a_call_shows_the_file_behind_its_first_descriptor) {
  EXPECT_EQ(call_text(on_file(in_call("fsync", {5}), "/var/lib/x")), "fsync(5</var/lib/x>)");
  EXPECT_EQ(call_text(on_file(in_call("sendfile", {5, 6, 0, 1}), "socket:[7]")),
            "sendfile(5<socket:[7]>, 6, NULL, 1)");
  EXPECT_EQ(call_text(on_file(in_call("poll", {5, 6, 0}), "/a")), "poll(0x5, 6, 0)");
}

TEST(Describe, a_call_shows_a_name_only_if_the_kernel_has_a_copy_of_it) {
  const auto opens = in_call("openat", {4, 0x10, O_RDONLY});
  EXPECT_EQ(call_text(walking(opens, "/mnt/x")), "openat(4, \"/mnt/x\", O_RDONLY)");
  EXPECT_EQ(call_text(on_file(walking(opens, "x"), "/mnt")), "openat(4</mnt>, \"x\", O_RDONLY)");
  EXPECT_EQ(call_text(walking(in_call("rename", {0x10, 0x20}), "/mnt/x")), "rename(0x10, 0x20)")
      << "which of the two is not known";
}

TEST(Describe, a_name_cannot_pretend_to_be_another_argument) {
  EXPECT_EQ(call_text(on_file(in_call("fsync", {5}), "/a>)\\")), "fsync(5</a\\>)\\\\>)");
  EXPECT_EQ(call_text(walking(in_call("rmdir", {0x10}), "a\", O")), "rmdir(\"a\\\", O\")");
}

TEST(Describe, of_a_long_name_the_end_is_shown_in_whole_characters) {
  std::string name = "/";
  for (int at = 0; at < 300; ++at) name += "\xc3\xa4";
  const auto text = call_text(on_file(in_call("fsync", {5}), name + "z"));
  EXPECT_LT(text.size(), 200U);
  EXPECT_EQ(text.substr(0, 12), "fsync(5<...\xc3");
  EXPECT_EQ(text.substr(text.size() - 5), "\xc3\xa4z>)");
}

TEST(Describe, a_call_without_known_arguments_is_its_name) {
  EXPECT_EQ(call_text(a_thread()), "");
  EXPECT_EQ(call_text(a_thread().in_call(SYS_read)), "read");
  Task old = in_call("read", {1, 2, 3});
  old.call->compat = true;
  EXPECT_EQ(call_text(old), "32-bit call " + std::to_string(SYS_read));
}

TEST(Describe, every_call_in_the_table_has_known_kinds_of_arguments_and_no_more_than_six) {
  for (int number = 0; number < 512; ++number) {
    const auto shape = call_shape(syscall_name(number));
    if (!shape) continue;
    EXPECT_LE(shape->arguments.size(), 6U) << shape->name;
    EXPECT_EQ(shape->arguments.find_first_not_of("dfnpsixmoulck"), std::string_view::npos) << shape->name;
    const auto names = std::count(shape->arguments.begin(), shape->arguments.end(), 'n');
    EXPECT_LE(names, 1) << shape->name;
  }
}

}  // namespace
}  // namespace wedged
