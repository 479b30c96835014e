// SPDX-License-Identifier: Apache-2.0
// Watches a process die: prints "ended MILLISECONDS" at that moment, to the millisecond.
#include <poll.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  struct pollfd watched = {(int)syscall(SYS_pidfd_open, atoi(argv[1]), 0), POLLIN, 0};
  if (watched.fd < 0) {
    fail("pidfd_open");
  }
  dprintf(1, "ready\n");
  while (poll(&watched, 1, -1) != 1) {
  }
  say_ended(0);
  return 0;
}
