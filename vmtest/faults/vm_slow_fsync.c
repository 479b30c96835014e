// SPDX-License-Identifier: Apache-2.0
// Rewrites a file and calls fsync: on a slow device a long call that does its work, not a hang. First writes
// the file while the device is fast, then waits for SIGUSR1. Only every second block is rewritten: the kernel
// would merge neighbours into few large requests, each of which is one long wait, which is not what is wanted
// here.
#include "fault.h"

static char block[65536];

static void write_block(int fd, long number) {
  if (pwrite(fd, block, sizeof block, number * (long)sizeof block) != (ssize_t)sizeof block) {
    fail("pwrite");
  }
}

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  const long blocks = atol(argv[2]) * 16;
  expect_the_signal();
  const int fd = opened(argv[1], O_WRONLY | O_CREAT | O_TRUNC);
  for (long i = 0; i < blocks; ++i) {
    write_block(fd, i);
  }
  fsync(fd);
  wait_for_the_signal();
  memset(block, 'x', sizeof block);
  for (long i = 0; i < blocks; i += 2) {
    write_block(fd, i);
  }
  say_began();
  say_ended(fsync(fd));
  return 0;
}
