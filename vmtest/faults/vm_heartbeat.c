// SPDX-License-Identifier: Apache-2.0
// The shape of a highly available server: the main thread works, a second one sends a heartbeat (UDP,
// loopback) every 50 ms. Usage:
//   vm_heartbeat PORT NAME cold FILE     the main thread reads a cold file after SIGUSR1 (as vm_cold_read)
//   vm_heartbeat PORT NAME main STEPS    after SIGUSR1 the main thread hangs in the test module
//   (vmtest/module) vm_heartbeat PORT NAME worker STEPS  a third thread does, and the main thread sleeps
//   vm_heartbeat PORT NAME slow FILE     the main thread reads a slow file over and over: slow, alive
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

static void work_slowly(const char* file) {
  static char buffer[65536] __attribute__((aligned(4096)));
  const int fd = opened(file, O_RDONLY | O_DIRECT);
  dprintf(1, "ready\n");
  for (long turn = 0;; ++turn) {
    if (pread(fd, buffer, sizeof buffer, 0) < 0) {
      fail("pread");
    }
    dprintf(1, "turn %ld\n", turn);
  }
}

static void read_cold(const char* file) {
  static char buffer[4096];
  const int fd = opened(file, O_RDONLY);
  wait_for_the_signal();
  say_began();
  say_ended(read(fd, buffer, sizeof buffer));
}

static void* hang_after_the_signal(void* steps) {
  wait_for_the_signal();
  hang(steps);
  return NULL;
}

static void work(const char* how, char* on) {
  pthread_t worker;
  if (strcmp(how, "slow") == 0) {
    work_slowly(on);
  } else if (strcmp(how, "cold") == 0) {
    read_cold(on);
  } else if (strcmp(how, "main") == 0) {
    hang_after_the_signal(on);
  } else {
    pthread_create(&worker, NULL, hang_after_the_signal, on);
    sleep_ms(86400000L);
  }
}

int main(int argc, char** argv) {
  if (argc != 5) {
    return 2;
  }
  pthread_t thread;
  name = argv[2];
  peer.sin_family = AF_INET;
  peer.sin_port = htons((uint16_t)atoi(argv[1]));
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  expect_the_signal();
  pthread_create(&thread, NULL, beat, NULL);
  work(argv[3], argv[4]);
  return 0;
}
