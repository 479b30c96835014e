// SPDX-License-Identifier: Apache-2.0
#include "inspector/attention.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <algorithm>

namespace wedged {
namespace {

void control(const Fd& any, int operation, int file, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = file;
  static_cast<void>(::epoll_ctl(any.get(), operation, file, &event));
}

void set(const Fd& timer, Duration at) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at);
  itimerspec alarm{};
  alarm.it_value.tv_sec = seconds.count();
  alarm.it_value.tv_nsec = (at - seconds).count();
  static_cast<void>(::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &alarm, nullptr));
}

}  // namespace

Attention::Attention()
    : any_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {
  control(any_, EPOLL_CTL_ADD, timer_.get(), EPOLLIN);
}

void Attention::watch(int socket) const {
  control(any_, EPOLL_CTL_ADD, socket, EPOLLIN);
}

void Attention::watch_for_room(int socket, bool wanted) const {
  control(any_, EPOLL_CTL_MOD, socket, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void Attention::wake_at(Instant at) const {
  set(timer_, std::max(at.time_since_epoch(), Duration{1}));  // 0 would switch it off
}

void Attention::do_not_wake() const {
  set(timer_, Duration{0});
}

}  // namespace wedged
