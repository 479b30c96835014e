// SPDX-License-Identifier: Apache-2.0
// Plays the service manager's part of the notification protocol: prints what arrives at a datagram socket.
#include <sys/socket.h>
#include <sys/un.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (bind(fd, (const struct sockaddr*)&address, sizeof address) != 0) {
    fail("bind");
  }
  dprintf(1, "ready\n");
  for (;;) {
    char text[512];
    const ssize_t length = recv(fd, text, sizeof text - 1, 0);
    if (length > 0) {
      text[length] = '\0';
      dprintf(1, "%s\n", text);
    }
  }
}
