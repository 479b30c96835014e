// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace wedged::test {
namespace {

constexpr int line_fd = 3;

// A child must not keep the test's BPF links alive.
[[noreturn]] void run_child(const Child::Body& body, int fd, int parent) {
  die_with_parent(parent);
  dup2(fd, line_fd);
  syscall(SYS_close_range, line_fd + 1, ~0U, 0);
  try {
    _exit(body(Line{Fd{line_fd}}));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "child %d: %s\n", getpid(), error.what());
    _exit(99);
  }
}

}  // namespace

void Line::say() const {
  const char word = 1;
  if (send(fd_.get(), &word, 1, MSG_NOSIGNAL) != 1)
    throw std::runtime_error("the other end of the line is gone");
}

bool Line::hear() const {
  char word = 0;
  ssize_t count = 0;
  do {
    count = read(fd_.get(), &word, 1);
  } while (count < 0 && errno == EINTR);
  return count == 1;
}

Child::Child(const Body& body) : line_(Fd{}) {
  int ends[2];
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "socketpair");
  Fd here{ends[0]}, there{ends[1]};
  const int parent = getpid();
  pid_ = must(fork(), "fork");
  if (pid_ == 0) run_child(body, there.get(), parent);
  line_ = Line{std::move(here)};
}

Child::Child(Child&& other) noexcept : line_(std::move(other.line_)), pid_(std::exchange(other.pid_, -1)) {}

Child::~Child() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Child::hear() const {
  if (!line_.hear()) throw std::runtime_error("child " + std::to_string(pid_) + " died instead of answering");
}

void Child::signal(int number) const {
  must(kill(pid_, number), "kill");
}

int Child::wait() {
  int status = 0;
  must(waitpid(std::exchange(pid_, -1), &status, 0), "waitpid");
  return status;
}

int wait_for_ever(const Line& line) {
  line.say();
  return line.hear() ? 0 : 1;
}

void die_with_parent(int parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(98);
}

int must(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  return result;
}

}  // namespace wedged::test
