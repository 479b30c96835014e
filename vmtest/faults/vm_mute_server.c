// SPDX-License-Identifier: Apache-2.0
// A TCP server that takes connections (the kernel does so for it) and never says a word.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)atoi(argv[1])),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (const struct sockaddr*)&address, sizeof address) != 0 || listen(fd, 16) != 0) {
    fail("listen");
  }
  dprintf(1, "ready\n");
  for (;;) {
    pause();
  }
}
