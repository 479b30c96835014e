// SPDX-License-Identifier: Apache-2.0
// Deadlocks in a program of another C library, musl: `musl_deadlock CAUSE VARIANT SECONDS`. Its mutexes keep
// the owner's id in the lock's word, but for normal ones, which keep none; a thread that ends marks the locks
// it holds, robust or not. Says what wedged-inject says, dies with its parent or when the time is over.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t locks[2];
static volatile int tids[2];
static volatile int both_hold;

static void make(int type, int robust) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutexattr_setrobust(&attributes, robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
  for (int i = 0; i < 2; ++i) pthread_mutex_init(&locks[i], &attributes);
}

static void await_call(int tid, int number) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/syscall", tid);
  for (;;) {
    char text[16] = "";
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const int got = fd < 0 ? -1 : (int)read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    // Of a thread that is gone the file is gone too.
    if (number < 0 ? got < 0 : got > 0 && strncmp(text, "running", 7) != 0 && atoi(text) == number) return;
    usleep(1000);
  }
}

static void* lock_twice(void* unused) {
  tids[0] = gettid();
  pthread_mutex_lock(&locks[0]);
  pthread_mutex_lock(&locks[0]);
  return unused;
}

static void* lock_both(void* which) {
  const int mine = which != NULL;
  pthread_mutex_lock(&locks[mine]);
  tids[mine] = gettid();
  while (!both_hold) usleep(1000);
  pthread_mutex_lock(&locks[!mine]);
  return NULL;
}

static void* lock_and_end(void* unused) {
  pthread_mutex_lock(&locks[0]);
  tids[1] = gettid();
  return unused;
}

// As if the kernel had ended it: the C library knows nothing of it.
static void* lock_and_vanish(void* unused) {
  pthread_mutex_lock(&locks[0]);
  tids[1] = gettid();
  syscall(SYS_exit, 0);
  return unused;
}

static void* lock_once(void* unused) {
  tids[0] = gettid();
  pthread_mutex_lock(&locks[0]);
  return unused;
}

static int begin(void* (*work)(void*), void* argument, int at) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, argument);
  while (tids[at] == 0) usleep(1000);
  return tids[at];
}

// The result is the id of who owns what the first thread waits for.
static int provoke(const char* cause, const char* variant) {
  make(strcmp(variant, "normal") == 0 || strcmp(variant, "robust_of_musl") == 0 ? PTHREAD_MUTEX_NORMAL
       : strcmp(variant, "recursive") == 0                                      ? PTHREAD_MUTEX_RECURSIVE
                                                                                : PTHREAD_MUTEX_ERRORCHECK,
       strcmp(variant, "robust_of_musl") == 0);
  if (strcmp(cause, "self_deadlock") == 0) return begin(lock_twice, NULL, 0);
  if (strcmp(cause, "lock_cycle") == 0) {
    begin(lock_both, NULL, 0);
    const int other = begin(lock_both, locks, 1);
    both_hold = 1;
    await_call(other, SYS_futex);
    return other;
  }
  const int owner = begin(strcmp(variant, "vanished") == 0 ? lock_and_vanish : lock_and_end, NULL, 1);
  await_call(owner, -1);
  begin(lock_once, NULL, 0);
  return owner;
}

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm((unsigned)atoi(argv[3]));
  const int owner = provoke(argv[1], argv[2]);
  await_call(tids[0], SYS_futex);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  printf("began %lld pid=%d tid=%d cause=%s variant=%s owner=%d\n",
         now.tv_sec * 1000LL + now.tv_nsec / 1000000, getpid(), tids[0], argv[1], argv[2], owner);
  fflush(stdout);
  for (;;) pause();
}
