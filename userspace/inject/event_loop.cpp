// SPDX-License-Identifier: Apache-2.0
#include "inject/event_loop.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "inject/stage.h"

using wedged::inject::answer;

extern "C" {

WEDGED_OWN_FRAME void event_loop(int epoll, int requests, wedged::inject::Handler handle) {
  std::array<epoll_event, 16> events{};
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), events.size(), -1);
    for (int at = 0; at < count; ++at) {
      const epoll_event& event = events[static_cast<std::size_t>(at)];
      event.data.fd == requests ? answer(requests) : handle(event);
    }
  }
}

// It asks for nothing of the other one, like who has no use for it at the moment; the kernel tells errors and
// hangups all the same (poll(2)).
WEDGED_OWN_FRAME void poll_loop(int requests, int other) {
  std::array<pollfd, 2> fds{pollfd{requests, POLLIN, 0}, pollfd{other, 0, 0}};
  for (;;) {
    poll(fds.data(), fds.size(), -1);
    if (fds[0].revents & POLLIN) answer(requests);
  }
}

WEDGED_OWN_FRAME void select_loop(int requests, int other) {
  fd_set all;
  FD_ZERO(&all);
  FD_SET(requests, &all);
  FD_SET(other, &all);
  for (;;) {
    fd_set readable = all;
    select(std::max(requests, other) + 1, &readable, nullptr, nullptr, nullptr);
    if (FD_ISSET(requests, &readable)) answer(requests);
  }
}

}  // extern "C"

namespace wedged::inject {

// Not so far that a busy host leaves nothing of a CPU: the loops shall spin.
void stand_back() {
  must(setpriority(PRIO_PROCESS, 0, 10), "setpriority");
}

int requests() {
  std::array<int, 2> ends{};
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  start("client", [end = ends[1]] {
    for (char byte = '?';; sleep_for(std::chrono::milliseconds(100))) {
      if (send(end, &byte, 1, 0) != 1 || recv(end, &byte, 1, 0) != 1) give_up("ask", errno);
    }
  });
  return ends[0];
}

// Another thread of the loop may have been faster.
void answer(int from) {
  char byte{};
  if (recv(from, &byte, 1, MSG_DONTWAIT) == 1 && send(from, &byte, 1, 0) != 1) give_up("answer", errno);
}

int new_epoll() {
  return must(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
}

void add(int epoll, int descriptor, std::uint32_t events) {
  epoll_event event{events, {.fd = descriptor}};
  must(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

void change(int epoll, int descriptor, std::uint32_t events) {
  epoll_event event{events, {.fd = descriptor}};
  must(epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event), "epoll_ctl");
}

void look_away(const epoll_event& /*event*/) {}

}  // namespace wedged::inject
