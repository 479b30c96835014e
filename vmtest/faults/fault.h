// SPDX-License-Identifier: Apache-2.0
// What every fault shares: saying when it begins, waiting to be let loose. Faults are static C programs; each
// provokes one real hang by the one call at its end. Their output is read by the cases: "began MILLISECONDS
// PID TID", "ended RESULT".
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static inline void say_began(void) {
  dprintf(1, "began %lld %d %ld\n", now_ms(), getpid(), syscall(SYS_gettid));
}

static inline void say_ended(long result) {
  dprintf(1, "ended %lld result %ld %s\n", now_ms(), result, result < 0 ? strerror(errno) : "");
}

__attribute__((noreturn)) static inline void fail(const char* what) {
  dprintf(2, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static inline int opened(const char* path, int flags) {
  const int fd = open(path, flags | O_CLOEXEC, 0644);
  if (fd < 0) {
    fail(path);
  }
  return fd;
}

// Has the test module (vmtest/module) do a list of steps in this thread.
static inline void hang(const char* steps) {
  const int fd = opened("/dev/wedged_hang", O_WRONLY);
  say_began();
  say_ended(write(fd, steps, strlen(steps)));
}

// Blocks SIGUSR1, for this thread and those it starts, so that it can be waited for.
static inline void expect_the_signal(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  sigprocmask(SIG_BLOCK, &set, NULL);
}

// The case takes its time to prepare the fault (to open the file comes before the device stops); then it
// sends SIGUSR1.
static inline void wait_for_the_signal(void) {
  sigset_t set;
  int got;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR1);
  dprintf(1, "ready\n");
  sigwait(&set, &got);
}

static inline void sleep_ms(long ms) {
  const struct timespec duration = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&duration, NULL);
}
