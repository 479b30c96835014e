// SPDX-License-Identifier: Apache-2.0
// A server on libevent that answers each client with what it said. Of a client that it has paused, and of a
// pipe that it writes to, it wants to know only whether the other end is gone (EV_CLOSED). Libevent 2.1 takes
// EPOLLERR for "readable and writable" and nothing else (epoll.c), so that nobody is called when a peer
// resets or the reader of a pipe is gone, and epoll_wait returns at once for ever.
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "provoke.h"

static struct event_base* base;

static void on_closed(evutil_socket_t fd, short what, void* unused) {
  (void)fd, (void)what, (void)unused;
  exit(1);  // it has learned of it: then nothing spins
}

static void watch(int fd, short what, event_callback_fn act) {
  event_add(event_new(base, fd, what | EV_PERSIST, act, event_self_cbarg()), NULL);
}

static void on_readable(evutil_socket_t fd, short what, void* self) {
  char word;
  (void)what;
  if (recv(fd, &word, 1, 0) != 1) {
    event_free(self);
    close(fd);
    return;
  }
  if (word == PAUSE) {
    event_free(self);
    watch(fd, EV_CLOSED, on_closed);
    culprit = fd;
  }
  send(fd, &word, 1, 0);
}

static void on_client(evutil_socket_t fd, short what, void* unused) {
  (void)what, (void)unused;
  const int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client >= 0) watch(client, EV_READ, on_readable);
}

static void lose_the_reader(const char* variant) {
  int ends[2];
  if (pipe(ends) != 0) exit(1);
  watch(ends[1], EV_CLOSED, on_closed);
  close(ends[0]);
  culprit = ends[1];
  say_began(spins, variant);
}

int main(int argc, char** argv) {
  const char* const variant = begin(argc, argv);
  base = event_base_new();
  watch(listener(), EV_READ, on_client);
  ask_on();
  if (strcmp(variant, "libevent_reset") == 0)
    pause_and_reset(variant);
  else
    lose_the_reader(variant);
  event_base_dispatch(base);
}
