// SPDX-License-Identifier: Apache-2.0
// Hears the heartbeats: prints "MILLISECONDS NAME" for each one that arrives at a UDP port on loopback.
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
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(fd, (const struct sockaddr*)&address, sizeof address) != 0) {
    fail("bind");
  }
  dprintf(1, "ready\n");
  for (;;) {
    char text[64];
    const ssize_t length = recv(fd, text, sizeof text - 1, 0);
    if (length > 0) {
      text[length] = '\0';
      dprintf(1, "%lld %s\n", now_ms(), text);
    }
  }
}
