// SPDX-License-Identifier: Apache-2.0
#include "inject/always_ready.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>

#include "inject/stage.h"

namespace wedged::inject {
namespace {

using Ends = std::array<int, 2>;

int once_it_is(int descriptor, short events) {
  pollfd fd{descriptor, events, 0};
  must(poll(&fd, 1, -1), "poll");
  return descriptor;
}

Ends pipe_ends() {
  Ends ends{};
  must(pipe2(ends.data(), O_CLOEXEC), "pipe");
  return ends;
}

// One end of a connection that does not leave this process.
Ends stream_ends() {
  Ends ends{};
  must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  return ends;
}

int tcp_socket() {
  return must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
}

// On loopback, at any port.
int listener() {
  const int listening = tcp_socket();
  must(listen(listening, 16), "listen");
  return listening;
}

int client_of(int listening) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  must(getsockname(listening, generic, &size), "getsockname");
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int client = tcp_socket();
  must(connect(client, generic, size), "connect");
  return client;
}

}  // namespace

int pipe_without_reader() {
  const auto [reader, writer] = pipe_ends();
  close(reader);
  return once_it_is(writer, 0);
}

int pipe_with_unread_byte() {
  const auto [reader, writer] = pipe_ends();
  must(static_cast<int>(write(writer, "x", 1)), "write");
  return reader;
}

// Who closes with a linger time of 0 resets (socket(7)).
int connection_reset_by_peer() {
  const int listening = listener();
  const int client = client_of(listening);
  const int connection = must(accept4(listening, nullptr, nullptr, SOCK_CLOEXEC), "accept");
  const linger at_once{1, 0};
  must(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)), "SO_LINGER");
  close(client);
  close(listening);
  return once_it_is(connection, 0);
}

int connection_closed_by_peer() {
  const auto [ours, theirs] = stream_ends();
  must(shutdown(theirs, SHUT_WR), "shutdown");
  return ours;
}

int connection_with_room() {
  return stream_ends()[0];
}

int listener_with_a_client() {
  const int listening = listener();
  static_cast<void>(client_of(listening));
  return once_it_is(listening, POLLIN);
}

int expired_timer() {
  const int timer = must(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timerfd_create");
  const itimerspec soon{{0, 10'000'000}, {0, 1}};
  must(timerfd_settime(timer, 0, &soon, nullptr), "timerfd_settime");
  return once_it_is(timer, POLLIN);
}

int posted_event() {
  return must(eventfd(1, EFD_CLOEXEC), "eventfd");
}

}  // namespace wedged::inject
