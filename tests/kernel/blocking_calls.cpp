// SPDX-License-Identifier: Apache-2.0
#include "blocking_calls.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "child.h"

namespace wedged::test {
namespace {

using Call = std::function<void()>;

Call read_of_a_pipe() {
  std::array<int, 2> ends{};
  must(pipe(ends.data()), "pipe");
  return [ends] {
    char byte = 0;
    syscall(SYS_read, ends[0], &byte, 1);
  };
}

Call write_of_a_full_pipe() {
  std::array<int, 2> ends{};
  must(pipe(ends.data()), "pipe");
  const int room = must(fcntl(ends[1], F_GETPIPE_SZ), "F_GETPIPE_SZ");
  const std::vector<char> fill(static_cast<std::size_t>(room));
  if (write(ends[1], fill.data(), fill.size()) != room) throw std::runtime_error("fill the pipe");
  return [ends] { syscall(SYS_write, ends[1], "x", 1); };
}

Call futex_wait() {
  return [] {
    static std::uint32_t word = 7;
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 7, nullptr, nullptr, 0);
  };
}

Call nanosleep_for_hours() {
  return [] {
    const timespec duration{100'000, 5};
    syscall(SYS_nanosleep, &duration, nullptr);
  };
}

Call clock_nanosleep_for_hours() {
  return [] {
    const timespec duration{100'000, 5};
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &duration, nullptr);
  };
}

Call poll_of_nothing() {
  return [] { syscall(SYS_poll, nullptr, 0, -1); };
}

Call epoll_of_nothing() {
  const int epoll = must(epoll_create1(0), "epoll_create1");
  return [epoll] {
    epoll_event event{};
    syscall(SYS_epoll_wait, epoll, &event, 1, -1);
  };
}

Call select_of_nothing() {
  return [] { syscall(SYS_select, 0, nullptr, nullptr, nullptr, nullptr); };
}

Call pause_for_a_signal() {
  return [] { syscall(SYS_pause); };
}

Call sigtimedwait_for_a_signal() {
  return [] {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    syscall(SYS_rt_sigtimedwait, &set, nullptr, nullptr, 8);
  };
}

Call recvfrom_of_a_socket() {
  std::array<int, 2> ends{};
  must(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()), "socketpair");
  return [ends] {
    char byte = 0;
    syscall(SYS_recvfrom, ends[0], &byte, 1, 0, nullptr, nullptr);
  };
}

}  // namespace

const std::vector<BlockingCall>& blocking_calls() {
  static const std::vector<BlockingCall> calls{
      {"read", SYS_read, read_of_a_pipe},
      {"write", SYS_write, write_of_a_full_pipe},
      {"futex", SYS_futex, futex_wait},
      {"nanosleep", SYS_nanosleep, nanosleep_for_hours},
      {"clock_nanosleep", SYS_clock_nanosleep, clock_nanosleep_for_hours},
      {"poll", SYS_poll, poll_of_nothing},
      {"epoll_wait", SYS_epoll_wait, epoll_of_nothing},
      {"select", SYS_select, select_of_nothing},
      {"pause", SYS_pause, pause_for_a_signal},
      {"rt_sigtimedwait", SYS_rt_sigtimedwait, sigtimedwait_for_a_signal},
      {"recvfrom", SYS_recvfrom, recvfrom_of_a_socket},
  };
  return calls;
}

}  // namespace wedged::test
