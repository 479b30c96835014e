// SPDX-License-Identifier: Apache-2.0
// Hangs in the test module (vmtest/module). Usage:
//   vm_hang STEPS            the only thread does them
//   vm_hang STEPS STEPS...   a thread each, which begin 20 ms apart; the main thread sleeps
//   vm_hang COUNT STEPS      so many threads do the same
#include "fault.h"

static int ended;

static void* one_thread(void* steps) {
  hang(steps);
  __atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
  return NULL;
}

static void start(char* steps) {
  pthread_attr_t small;
  pthread_t thread;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  if (pthread_create(&thread, &small, one_thread, steps) != 0) {
    fail("pthread_create");
  }
}

int main(int argc, char** argv) {
  if (argc < 2) {
    return 2;
  }
  if (argc == 2) {
    hang(argv[1]);
    return 0;
  }
  const int count = atoi(argv[1]);
  const int threads = count > 0 ? count : argc - 1;
  for (int i = 0; i < threads; ++i) {
    start(count > 0 ? argv[2] : argv[1 + i]);
    sleep_ms(count > 0 ? 0 : 20);
  }
  while (__atomic_load_n(&ended, __ATOMIC_RELAXED) < threads) {
    sleep_ms(50);
  }
  return 0;
}
