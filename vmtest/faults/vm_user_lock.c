// SPDX-License-Identifier: Apache-2.0
// One thread takes a mutex and reads a file past the page cache; five more want the mutex. When the file's
// device does not answer, they wait in user space for a thread that is stuck in the kernel.
#define _GNU_SOURCE
#include "fault.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static const char* file;
static int locked;

static void* read_with_lock(void* unused) {
  static char buffer[4096] __attribute__((aligned(4096)));
  const int fd = opened(file, O_RDONLY | O_DIRECT);
  pthread_mutex_lock(&mutex);
  __atomic_store_n(&locked, 1, __ATOMIC_RELEASE);
  say_began();
  say_ended(read(fd, buffer, sizeof buffer));
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void* want_the_lock(void* unused) {
  dprintf(1, "waiter %ld\n", syscall(SYS_gettid));
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return unused;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  file = argv[1];
  for (int i = 0; i < 6; ++i) {
    pthread_t thread;
    pthread_create(&thread, NULL, i == 0 ? read_with_lock : want_the_lock, NULL);
    while (__atomic_load_n(&locked, __ATOMIC_ACQUIRE) == 0) {
      sleep_ms(10);
    }
  }
  sleep_ms(86400000L);
}
