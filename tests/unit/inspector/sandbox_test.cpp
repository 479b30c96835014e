// SPDX-License-Identifier: Apache-2.0
// Inside the sandbox: what is left, and that all else fails.
#include "inspector/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <functional>
#include <sstream>

#include "inspected.h"
#include "program.h"

namespace wedged::test {
namespace {

constexpr int say = 3;

// Runs in a child of its own, inside the sandbox; true: it did what was hoped for.
bool holds_inside(
    const std::function<bool()>& hope, const std::function<void()>& before = [] {}) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(STDERR_FILENO, say);
    before();
    if (!enter_sandbox(say)) ::_exit(2);
    ::_exit(hope() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 2)
      << "the sandbox could not be entered: " << status;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool refused(long result) {
  return result == -1 && errno == EPERM;
}

TEST(Sandbox, lets_nothing_be_written) {
  char name[] = "/tmp/wedged-sandbox-XXXXXX";
  const Fd file{::mkstemp(name)};
  EXPECT_TRUE(holds_inside([&] { return refused(::open(name, O_WRONLY)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::open(name, O_RDWR)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::open(name, O_RDONLY | O_TRUNC)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::open("/tmp/wedged-none", O_RDONLY | O_CREAT, 0600)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::open("/tmp", O_RDWR | O_TMPFILE, 0600)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::unlink(name)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::rename(name, "/tmp/wedged-other")); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::truncate(name, 10)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::chmod(name, 0777)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::mkdir("/tmp/wedged-folder", 0700)); }));
  EXPECT_TRUE(holds_inside([&] { return refused(::write(STDOUT_FILENO, "x", 1)); }));
  ::unlink(name);
}

TEST(Sandbox, lets_nothing_be_started_or_signalled_or_traced) {
  EXPECT_TRUE(holds_inside([] {
    char program[] = "/bin/true";
    char* const arguments[] = {program, nullptr};
    return refused(::execve(program, arguments, nullptr));
  }));
  EXPECT_TRUE(holds_inside([] { return refused(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }));
  EXPECT_TRUE(holds_inside([] { return refused(::kill(::getppid(), 0)); }));
  EXPECT_TRUE(holds_inside([] { return refused(::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0)); }));
  EXPECT_TRUE(holds_inside([] { return refused(::ptrace(PTRACE_SEIZE, ::getppid(), nullptr, nullptr)); }));
  EXPECT_TRUE(holds_inside([] {
    char byte = 0;
    iovec here{&byte, 1}, there{&byte, 1};
    return refused(::process_vm_writev(::getpid(), &here, 1, &there, 1, 0));
  }));
}

TEST(Sandbox, lets_nobody_be_spoken_to) {
  EXPECT_TRUE(holds_inside([] { return refused(::socket(AF_INET, SOCK_STREAM, 0)); }));
  EXPECT_TRUE(holds_inside([] { return refused(::socket(AF_UNIX, SOCK_STREAM, 0)); }));
}

TEST(Sandbox, lets_no_code_be_made) {
  EXPECT_TRUE(holds_inside([] {
    return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
  }));
}

TEST(Sandbox, cannot_be_left_again) {
  EXPECT_TRUE(holds_inside([] { return refused(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }));
  EXPECT_TRUE(holds_inside([] { return refused(::setuid(0)); }));
  EXPECT_TRUE(holds_inside([] { return refused(::syscall(SYS_capset, nullptr, nullptr)); }));
}

TEST(Sandbox, leaves_reading) {
  EXPECT_TRUE(holds_inside([] {
    const Fd file{::open("/proc/self/status", O_RDONLY | O_CLOEXEC)};
    char byte = 0;
    return file.valid() && ::read(file.get(), &byte, 1) == 1;
  }));
}

TEST(Sandbox, closes_what_the_parent_had_open) {
  EXPECT_TRUE(holds_inside([] { return ::fcntl(7, F_GETFD) == -1; }, [] { ::dup2(STDERR_FILENO, 7); }));
  EXPECT_TRUE(holds_inside([] { return ::fcntl(say, F_GETFD) != -1; }));
}

std::string line_of_status(const std::string& label) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(label)) return line.substr(label.size() + 2);
  return {};
}

TEST(Sandbox, keeps_no_capability_but_those_that_reading_needs) {
  EXPECT_TRUE(holds_inside([] {
    constexpr unsigned long needed =
        1UL << 19 | 1UL << 2 | 1UL << 40;  // ptrace, dac_read_search, checkpoint_restore
    const auto kept = std::stoul(line_of_status("CapPrm"), nullptr, 16);
    return (kept & ~needed) == 0 && std::stoul(line_of_status("CapEff"), nullptr, 16) == kept &&
           (::getuid() != 0 || (kept & 1UL << 19) != 0) && line_of_status("NoNewPrivs") == "1";
  }));
}

// As nobody it looks at a program of nobody's.
TEST(Sandbox, without_root_a_process_of_the_same_user_is_read) {
  if (::getuid() != 0) GTEST_SKIP() << "every other test does that already";
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(3);
    if (::access(INSPECTOR_CHILD, X_OK) != 0) ::_exit(4);
    const InspectReply reply = inspected(Program({path_of("plain")}).request());
    const bool read =
        reply.failure.empty() && reply.threads.size() == 1 && reply.threads[0].side.stack_complete;
    ::_exit(read ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 4) GTEST_SKIP() << "nobody cannot run what was built";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace wedged::test
