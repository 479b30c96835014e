// SPDX-License-Identifier: Apache-2.0
// Maps a file and reads its first byte: a page fault, which is no system call.
#include <sys/mman.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const int fd = opened(argv[1], O_RDONLY);
  const volatile char* mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  if (mapped == MAP_FAILED) {
    fail("mmap");
  }
  say_began();
  say_ended(*mapped);
  return 0;
}
