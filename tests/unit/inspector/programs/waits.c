// SPDX-License-Identifier: Apache-2.0
// Waits for ever in a way named on the command line: "pause", "mutex", "condition", "signal" or "threads N".
// Says one byte when it is about to. Every function on the way there keeps its own frame.
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEEPS_ITS_FRAME __attribute__((noinline, noclone))

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
volatile int never_true;

KEEPS_ITS_FRAME static int wait_in(const char* how) {
  if (write(1, "!", 1) != 1) return 1;
  if (strcmp(how, "mutex") == 0) {
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
  }
  if (strcmp(how, "condition") == 0) {
    pthread_mutex_lock(&mutex);
    while (!never_true) pthread_cond_wait(&condition, &mutex);
  }
  while (!never_true) pause();
  return 2;
}

KEEPS_ITS_FRAME int middle_function(const char* how) {
  char room[200];
  memset(room, 1, sizeof(room));
  int result = wait_in(how);
  return result + room[result & 127];
}

KEEPS_ITS_FRAME int outer_function(const char* how) {
  return middle_function(how) + 1;
}

static void* thread_function(void* how) {
  return (void*)(long)outer_function(how);
}

static void on_signal(int number) {
  outer_function(number == SIGUSR1 ? "pause" : "");
}

// What the inspector tells of the process: a timer and a caught signal.
static void get_noticed(void) {
  timer_t timer;
  timer_create(CLOCK_MONOTONIC, NULL, &timer);
  signal(SIGUSR2, on_signal);
}

int main(int argc, char** argv) {
  const char* how = argc > 1 ? argv[1] : "pause";
  get_noticed();
  if (strcmp(how, "threads") == 0) {
    pthread_mutex_lock(&mutex);
    pthread_t thread;
    for (int count = atoi(argv[2]); count > 0; --count)
      pthread_create(&thread, NULL, thread_function, "mutex");
  }
  if (strcmp(how, "leaderless") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, thread_function, "pause");
    pthread_exit(NULL);
  }
  if (strcmp(how, "signal") == 0) {
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
  }
  return outer_function(how);
}
