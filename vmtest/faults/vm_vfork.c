// SPDX-License-Identifier: Apache-2.0
// vfork(2) whose child sleeps in place of calling exec: the parent waits in D for it.
#define _GNU_SOURCE
#include "fault.h"

int main(void) {
  say_began();
  const pid_t child = vfork();
  if (child == 0) {
    dprintf(1, "child %d\n", getpid());
    for (;;) {
      pause();
    }
  }
  return 0;
}
