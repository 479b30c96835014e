// SPDX-License-Identifier: Apache-2.0
#include "provoke.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

const char* const spins = "event_loop_spin";
volatile int culprit = -1;
static int port;
static const char* reset_variant;

static int must(int result, const char* what) {
  if (result >= 0) return result;
  perror(what);
  exit(1);
}

const char* begin(int argc, char** argv) {
  if (argc != 3) exit(2);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpriority(PRIO_PROCESS, 0, 10);  // others need the CPU, too
  alarm((unsigned)atoi(argv[2]));
  return argv[1];
}

int listener(void) {
  const int listening = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  must(bind(listening, (struct sockaddr*)&address, size), "bind");
  must(listen(listening, 16), "listen");
  must(getsockname(listening, (struct sockaddr*)&address, &size), "getsockname");
  port = address.sin_port;
  return listening;
}

static int connected(void) {
  const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = (in_port_t)port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int client = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  must(connect(client, (const struct sockaddr*)&address, sizeof address), "connect");
  return client;
}

static void ask(int client, char what) {
  must((int)write(client, &what, 1), "ask");
  if (read(client, &what, 1) != 1) must(-1, "no answer");
}

static void* asker(void* unused) {
  for (const int client = connected();; usleep(100 * 1000)) ask(client, 'a');
  return unused;
}

// Who closes with a linger time of 0 resets (socket(7)).
static void* resetter(void* unused) {
  const int client = connected();
  const struct linger at_once = {1, 0};
  ask(client, PAUSE);
  must(setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "SO_LINGER");
  close(client);
  say_began(spins, reset_variant);
  return unused;
}

static void begin_thread(void* (*work)(void*)) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, work, NULL) != 0) exit(1);
}

void ask_on(void) {
  begin_thread(asker);
}

void pause_and_reset(const char* variant) {
  reset_variant = variant;
  begin_thread(resetter);
}

void say_began(const char* cause, const char* variant) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  printf("began %lld pid=%d tid=%d cause=%s variant=%s", now.tv_sec * 1000LL + now.tv_nsec / 1000000,
         getpid(), getpid(), cause, variant);
  if (culprit >= 0) printf(" descriptor=%d", culprit);
  puts("");
  fflush(stdout);
}
