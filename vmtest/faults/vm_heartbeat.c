// SPDX-License-Identifier: Apache-2.0
// The shape of a highly available server: the main thread works, a second one sends a heartbeat (UDP,
// loopback) every 50 ms. Usage: vm_heartbeat PORT NAME cold FILE    the main thread reads a cold file after
// SIGUSR1 (as vm_cold_read)
//        vm_heartbeat PORT NAME slow DEVICE  the main thread reads a slow device over and over: slow, alive
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "fault.h"

static const char* name;
static struct sockaddr_in peer;

static void* beat(void* unused) {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  for (;;) {
    sendto(fd, name, strlen(name), 0, (const struct sockaddr*)&peer, sizeof peer);
    sleep_ms(50);
  }
  return unused;
}

static void work_slowly(const char* device) {
  static char buffer[65536] __attribute__((aligned(4096)));
  const int fd = opened(device, O_RDONLY | O_DIRECT);
  dprintf(1, "ready\n");
  for (long turn = 0;; ++turn) {
    if (pread(fd, buffer, sizeof buffer, 0) < 0) {
      fail("pread");
    }
    dprintf(1, "turn %ld\n", turn);
  }
}

int main(int argc, char** argv) {
  if (argc != 5) {
    return 2;
  }
  static char buffer[4096];
  pthread_t thread;
  name = argv[2];
  peer.sin_family = AF_INET;
  peer.sin_port = htons((uint16_t)atoi(argv[1]));
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  expect_the_signal();
  pthread_create(&thread, NULL, beat, NULL);
  if (strcmp(argv[3], "slow") == 0) {
    work_slowly(argv[4]);
  }
  const int fd = opened(argv[4], O_RDONLY);
  wait_for_the_signal();
  say_began();
  say_ended(read(fd, buffer, sizeof buffer));
  return 0;
}
