// SPDX-License-Identifier: Apache-2.0
// A server on libuv that answers each client with what it said, and does its own reading and writing
// (uv_poll_t). It takes an error for something that passes, and knows nothing to do when a client that it has
// paused is gone (UV_DISCONNECT), nor when what it reads from a pipe is nothing: the writer is gone.
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "provoke.h"

static void watch(int fd, int events, uv_poll_cb act) {
  uv_poll_t* const handle = malloc(sizeof *handle);
  uv_poll_init(uv_default_loop(), handle, fd);
  uv_poll_start(handle, events, act);
}

static int descriptor_of(uv_poll_t* handle) {
  uv_os_fd_t fd;
  return uv_fileno((uv_handle_t*)handle, &fd) == 0 ? fd : -1;
}

// The error is gone once it was asked for, and libuv has stopped the handle.
static void on_paused(uv_poll_t* handle, int status, int events) {
  (void)events;
  if (status >= 0) return;
  int error;
  socklen_t size = sizeof error;
  getsockopt(descriptor_of(handle), SOL_SOCKET, SO_ERROR, &error, &size);
  uv_poll_start(handle, UV_DISCONNECT, on_paused);
}

static void on_readable(uv_poll_t* handle, int status, int events) {
  const int fd = descriptor_of(handle);
  char word;
  (void)events;
  if (status < 0 || recv(fd, &word, 1, 0) != 1) return;
  if (word == PAUSE) {
    uv_poll_start(handle, UV_DISCONNECT, on_paused);
    culprit = fd;
  }
  send(fd, &word, 1, 0);
}

static void on_client(uv_poll_t* handle, int status, int events) {
  (void)status, (void)events;
  const int client = accept4(descriptor_of(handle), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client >= 0) watch(client, UV_READABLE, on_readable);
}

static void on_piped(uv_poll_t* handle, int status, int events) {
  char word;
  (void)status, (void)events;
  if (read(descriptor_of(handle), &word, 1) > 0) exit(1);
}

static void lose_the_writer(const char* variant) {
  int ends[2];
  if (pipe(ends) != 0) exit(1);
  watch(ends[0], UV_READABLE, on_piped);
  close(ends[1]);
  culprit = ends[0];
  say_began(spins, variant);
}

int main(int argc, char** argv) {
  const char* const variant = begin(argc, argv);
  watch(listener(), UV_READABLE, on_client);
  ask_on();
  if (strcmp(variant, "libuv_reset") == 0)
    pause_and_reset(variant);
  else
    lose_the_writer(variant);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
