// SPDX-License-Identifier: Apache-2.0
// The main thread ends by pthread_exit, another one goes on: legal, and a process without a leader.
#include "fault.h"

static void* work(void* unused) {
  for (long turn = 0;; ++turn) {
    dprintf(1, "turn %ld\n", turn);
    sleep_ms(50);
  }
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  say_began();
  pthread_exit(NULL);
}
