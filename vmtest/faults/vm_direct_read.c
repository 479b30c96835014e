// SPDX-License-Identifier: Apache-2.0
// Reads a block device past the page cache: on a suspended device-mapper device it waits in D, and SIGKILL
// does not end it.
#define _GNU_SOURCE
#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  static char buffer[4096] __attribute__((aligned(4096)));
  const int fd = opened(argv[1], O_RDONLY | O_DIRECT);
  say_began();
  say_ended(read(fd, buffer, sizeof buffer));
  return 0;
}
