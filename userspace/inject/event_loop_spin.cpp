// SPDX-License-Identifier: Apache-2.0
// A loop whose wait returns at once for ever, because of a descriptor that is ready and that nobody does
// anything about. Useful requests are answered beside it, so it looks alive. The first shape is that of
// memcached in 2004: the kernel reports EPOLLERR and EPOLLHUP unasked, and the library looked at the two
// events that it had asked for.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "inject/always_ready.h"
#include "inject/event_loop.h"
#include "inject/stage.h"
#include "inject/variants.h"

extern "C" {

// As a server does that has a thread for accepting only.
WEDGED_OWN_FRAME void accept_loop(int listening) {
  for (;;) {
    const int connection = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) close(connection);
  }
}

// As one that is told that there is nothing yet, and asks again.
WEDGED_OWN_FRAME void receive_loop(int from) {
  for (char byte{};;) recv(from, &byte, 1, MSG_DONTWAIT);
}

}  // extern "C"

namespace wedged::inject {
namespace {

void announce(const Stage& stage, int culprit) {
  Announcement announcement{getpid(), own_tid(), 0, Awaited::to_be_runnable(), {}};
  announcement.descriptor = culprit;
  stage.announce(announcement);
}

void spin(const Stage& stage, int culprit, std::uint32_t asked, Handler handle = look_away) {
  stand_back();
  const int served = requests();
  const int epoll = new_epoll();
  add(epoll, served, EPOLLIN);
  add(epoll, culprit, asked);
  announce(stage, culprit);
  event_loop(epoll, served, handle);
}

void spin_without_epoll(const Stage& stage, int culprit, void (*loop)(int, int)) {
  stand_back();
  const int served = requests();
  announce(stage, culprit);
  loop(served, culprit);
}

void read_at_its_end(const epoll_event& event) {
  char byte{};
  if (read(event.data.fd, &byte, 1) > 0) give_up("there is something to read", 0);
}

void accept_one(const epoll_event& event) {
  const int connection = accept4(event.data.fd, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection >= 0) close(connection);
}

// Room for the few that come after it; dup fails when there is none.
void use_up_descriptors() {
  const rlimit few{64, 64};
  must(setrlimit(RLIMIT_NOFILE, &few), "limit the descriptors");
  while (dup(STDIN_FILENO) >= 0) {
  }
}

void at_the_limit(const Stage& stage) {
  stand_back();
  const int served = requests();
  const int listening = listener_with_a_client();
  const int epoll = new_epoll();
  add(epoll, served, EPOLLIN);
  add(epoll, listening, EPOLLIN);
  use_up_descriptors();
  announce(stage, listening);
  event_loop(epoll, served, accept_one);
}

// For those that are no event loop. Has all its descriptors when it returns.
void answer_in_another_thread() {
  const int served = requests();
  const int epoll = new_epoll();
  add(epoll, served, EPOLLIN);
  start("worker", [served, epoll] { event_loop(epoll, served, look_away); });
}

void receiving_nothing(const Stage& stage) {
  stand_back();
  answer_in_another_thread();
  const int silent = connection_with_room();
  announce(stage, silent);
  receive_loop(silent);
}

void accepting_at_the_limit(const Stage& stage) {
  stand_back();
  answer_in_another_thread();
  const int listening = listener_with_a_client();
  use_up_descriptors();
  announce(stage, listening);
  accept_loop(listening);
}

void several_threads(const Stage& stage) {
  stand_back();
  const int served = requests();
  const int culprit = posted_event();
  const int epoll = new_epoll();
  add(epoll, served, EPOLLIN);
  add(epoll, culprit, EPOLLIN);
  for (int i = 0; i < 3; ++i) start("worker", [=] { event_loop(epoll, served, look_away); });
  announce(stage, culprit);
  event_loop(epoll, served, look_away);
}

// epoll forgets a file when its last descriptor is closed, and a child has one of this (epoll(7)): the loop
// is told of a descriptor that it no longer has, and cannot remove it.
void closed_here_only(const Stage& stage) {
  stand_back();
  const int served = requests();
  const int culprit = pipe_with_unread_byte();
  const int epoll = new_epoll();
  add(epoll, served, EPOLLIN);
  add(epoll, culprit, EPOLLIN);
  start_process(idle);
  close(culprit);
  announce(stage, -1);
  event_loop(epoll, served, look_away);
}

constexpr std::array variants{
    Variant{"reset", "epoll: a TCP peer has reset; EPOLLERR and EPOLLHUP come unasked, nobody acts",
            [](const Stage& stage) { spin(stage, connection_reset_by_peer(), 0); }},
    Variant{"pipe", "epoll: the reader of a pipe is gone; EPOLLERR comes unasked, nobody acts",
            [](const Stage& stage) { spin(stage, pipe_without_reader(), EPOLLIN); }},
    Variant{"poll", "the same as `reset` with poll",
            [](const Stage& stage) { spin_without_epoll(stage, connection_reset_by_peer(), poll_loop); }},
    Variant{"select", "the same with select, where it is readable, and not read",
            [](const Stage& stage) { spin_without_epoll(stage, connection_reset_by_peer(), select_loop); }},
    Variant{"accept", "epoll: a client waits, and accept fails: no descriptor is left", at_the_limit},
    Variant{"accept_loop", "the same without epoll: a thread that does nothing but accept",
            accepting_at_the_limit},
    Variant{"timer", "epoll: a timer that has expired is never read",
            [](const Stage& stage) { spin(stage, expired_timer(), EPOLLIN); }},
    Variant{"event", "epoll: an eventfd that was written to is never read",
            [](const Stage& stage) { spin(stage, posted_event(), EPOLLIN); }},
    Variant{"end_of_file", "epoll: what the peer has closed is read again and again",
            [](const Stage& stage) { spin(stage, connection_closed_by_peer(), EPOLLIN, read_at_its_end); }},
    Variant{"writable", "epoll: asks whether it can write, and has nothing to write",
            [](const Stage& stage) { spin(stage, connection_with_room(), EPOLLIN | EPOLLOUT); }},
    Variant{"again", "without waiting: receives what nobody sends, again and again (EAGAIN)",
            receiving_nothing},
    Variant{"threads", "four threads wait with one epoll for an eventfd that nobody reads", several_threads},
    Variant{"closed", "epoll: a descriptor that is closed, but lives on in a child", closed_here_only},
};

}  // namespace

std::span<const Variant> event_loop_spin_variants() {
  return variants;
}

}  // namespace wedged::inject
