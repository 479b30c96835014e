// SPDX-License-Identifier: Apache-2.0
// A real process for tests to signal: it sleeps until a signal ends it, and does not outlive its test.
#pragma once

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace wedged::test {

class Child {
 public:
  using Life = void (*)();
  explicit Child(Life life = sleep_for_ever) : pid_(::fork()) {
    if (pid_ == 0) life();
  }
  static void sleep_for_ever() {
    for (;;) ::pause();
  }
  // Its main thread ends alone; another one lives on.
  static void lose_the_leader() {
    std::thread(sleep_for_ever).detach();
    ::syscall(SYS_exit, 0);
  }
  // One that has ended already and has been waited for: its id is free.
  static int ended() {
    Child child;
    const int pid = child.pid();
    ::kill(pid, SIGKILL);
    EXPECT_EQ(child.signal_that_ended_it(), SIGKILL);
    return pid;
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] int pid() const { return pid_; }

  // Has not ended and no signal is on its way: signals are handed to a process before the sender goes on.
  [[nodiscard]] bool is_alive() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
  }

  // Waits for its end. 0: it ended without a signal.
  int signal_that_ended_it() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = -1;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

 private:
  int pid_;
};

}  // namespace wedged::test
