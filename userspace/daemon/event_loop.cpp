// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_loop.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace wedged {

Result<EventLoop> EventLoop::open(Duration interval) {
  sigset_t answered;
  sigemptyset(&answered);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&answered, signal);
  if (sigprocmask(SIG_BLOCK, &answered, nullptr) != 0) return system_error(errno, "block signals");
  signal(SIGPIPE, SIG_IGN);
  EventLoop loop;
  loop.signals_ = Fd{signalfd(-1, &answered, SFD_CLOEXEC | SFD_NONBLOCK)};
  loop.timer_ = Fd{timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)};
  if (!loop.signals_.valid() || !loop.timer_.valid())
    return system_error(errno, "open timer and signal descriptors");
  if (auto set = loop.set_interval(interval); !set) return set.error();
  return loop;
}

Status EventLoop::set_interval(Duration interval) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(interval);
  const timespec period{seconds.count(), (interval - seconds).count()};
  const itimerspec timer{period, {0, 1}};  // at once, then every period
  if (timerfd_settime(timer_.get(), 0, &timer, nullptr) != 0)
    return system_error(errno, "set the scan timer");
  return Nothing{};
}

void EventLoop::read_signals(Wakeup& wakeup) const {
  signalfd_siginfo info{};
  while (read(signals_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    if (info.ssi_signo == SIGHUP) {
      wakeup.reload = true;
    } else {
      wakeup.stop = true;
    }
  }
}

Result<Wakeup> EventLoop::wait(int answers, std::optional<std::chrono::milliseconds> at_most) {
  std::array<pollfd, 3> watched{pollfd{timer_.get(), POLLIN, 0}, pollfd{signals_.get(), POLLIN, 0},
                                pollfd{answers, POLLIN, 0}};
  const int timeout = at_most ? static_cast<int>(at_most->count()) : -1;
  if (poll(watched.data(), watched.size(), timeout) < 0 && errno != EINTR)
    return system_error(errno, "wait for the next scan");
  Wakeup wakeup;
  wakeup.answers = watched[2].revents != 0;
  std::uint64_t expirations = 0;
  wakeup.scan_due =
      read(timer_.get(), &expirations, sizeof(expirations)) == static_cast<ssize_t>(sizeof(expirations));
  read_signals(wakeup);
  return wakeup;
}

}  // namespace wedged
