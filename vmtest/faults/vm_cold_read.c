// SPDX-License-Identifier: Apache-2.0
// Reads a file that is not in the page cache. Opens it first and waits for SIGUSR1: the case stops the device
// in between. The reader then waits in D for a page, and SIGKILL does end it.
// With a number in place of a name: the descriptor that the case opened, and shares with others.
#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  static char buffer[4096];
  expect_the_signal();
  const int shared = atoi(argv[1]);
  const int fd = shared > 0 ? shared : opened(argv[1], O_RDONLY);
  wait_for_the_signal();
  say_began();
  say_ended(read(fd, buffer, sizeof buffer));
  return 0;
}
