// SPDX-License-Identifier: Apache-2.0
// Appends a line to a file every 100 ms: on a frozen file system the next write waits in D, and SIGKILL does
// not end it.
#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const int fd = opened(argv[1], O_WRONLY | O_CREAT | O_APPEND);
  for (;;) {
    say_began();
    if (write(fd, "line\n", 5) != 5) {
      fail("write");
    }
    sleep_ms(100);
  }
}
