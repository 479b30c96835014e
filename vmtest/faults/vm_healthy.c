// SPDX-License-Identifier: Apache-2.0
// The neighbour that must never be flagged: its threads wait long and rightly (epoll, pipe, futex, sleep) or
// work without end (short sleeps, CPU, and direct reads of a healthy device, which are D waits that pass).
// Prints a line for each turn of work.
#define _GNU_SOURCE
#include <sys/epoll.h>

#include "fault.h"

static const char* device;

static void* wait_in_epoll(void* unused) {
  struct epoll_event event;
  epoll_wait(epoll_create1(EPOLL_CLOEXEC), &event, 1, -1);
  return unused;
}

static void* wait_in_pipe(void* unused) {
  int ends[2];
  char byte;
  if (pipe(ends) != 0 || read(ends[0], &byte, 1) < 0) {
    fail("pipe");
  }
  return unused;
}

static void* wait_in_futex(void* unused) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  pthread_mutex_lock(&mutex);
  for (;;) {
    pthread_cond_wait(&never, &mutex);
  }
  return unused;
}

static void* wait_in_sleep(void* unused) {
  sleep_ms(86400000L);
  return unused;
}

static void* read_directly(void* unused) {
  static char buffer[4096] __attribute__((aligned(4096)));
  const int fd = opened(device, O_RDONLY | O_DIRECT);
  while (pread(fd, buffer, sizeof buffer, 0) >= 0) {
    sleep_ms(20);
  }
  fail("pread");
  return unused;
}

int main(int argc, char** argv) {
  void* (*const threads[])(void*) = {wait_in_epoll, wait_in_pipe, wait_in_futex, wait_in_sleep,
                                     read_directly};
  const size_t count = sizeof threads / sizeof threads[0] - (argc < 2 ? 1 : 0);
  device = argc < 2 ? NULL : argv[1];
  for (size_t i = 0; i < count; ++i) {
    pthread_t thread;
    pthread_create(&thread, NULL, threads[i], NULL);
  }
  for (long turn = 0;; ++turn) {
    dprintf(1, "turn %ld\n", turn);
    sleep_ms(50);
  }
}
