// SPDX-License-Identifier: Apache-2.0
// Processes that hang, and bystanders that get their ids the moment these are free. Usage:
//   vm_pid_reuse COUNT SHORTEST STEP    the Nth hangs for SHORTEST + N * STEP ms; every third until it is
//   killed
// None of those that hang heeds SIGTERM. When one ends, a bystander gets its id at once, and looks like it
// for a while; others come and go all the time, so that ids are used again and again. Prints "began" when all
// hang, "ended PID killed|alone" for each that does not any more, "reused PID" when a bystander has its id,
// "hurt PID SIGNAL" for each bystander that got a signal. Ends by SIGUSR1, with "forked COUNT".
#define _GNU_SOURCE
#include <linux/sched.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "fault.h"

enum { MOST = 200, PASSERS = 10, FIRST_OF_SIGNALS = 100 };

static pid_t stuck[MOST];
static int count;
static int living;
static long forked;
static volatile sig_atomic_t over;

static void nap(const char* steps) {
  const int fd = opened("/dev/wedged_hang", O_WRONLY);
  (void)!write(fd, steps, strlen(steps));
}

static void be_stuck(int number, long ms) {
  char steps[64];
  signal(SIGTERM, SIG_IGN);
  snprintf(steps, sizeof steps, "nap %ld", ms);
  nap(number % 3 == 2 ? "killable" : steps);
  _exit(0);
}

// Lives for so long; its exit status tells of the first signal that it got.
static void be_bystander(const char* steps, long ms) {
  const struct timespec duration = {ms / 1000, ms % 1000 * 1000000L};
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  if (steps) {
    nap(steps);
  }
  const int got = sigtimedwait(&all, NULL, &duration);
  _exit(got > 0 ? FIRST_OF_SIGNALS + got : 0);
}

static void one_more_passer(void) {
  const pid_t child = fork();
  forked += child > 0;
  living += child > 0;
  if (child == 0) {
    be_bystander(NULL, 5 + random() % 40);
  }
}

// The kernel gives a child the id that is asked for, if it is free (clone3(2), set_tid).
static void take_id(pid_t id) {
  struct clone_args args = {.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&id, .set_tid_size = 1};
  const long child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) {
    be_bystander("nap 700", 2500);
  }
  if (child > 0) {
    ++living;
    dprintf(1, "reused %d\n", id);
  }
}

static bool was_stuck(pid_t id) {
  for (int i = 0; i < count; ++i) {
    if (stuck[i] == id) {
      stuck[i] = 0;
      return true;
    }
  }
  return false;
}

static void ended(pid_t id, int status) {
  --living;
  if (was_stuck(id)) {
    take_id(id);
    dprintf(1, "ended %d %s\n", id, WIFSIGNALED(status) ? "killed" : "alone");
  } else if (status != 0) {
    dprintf(1, "hurt %d %d\n", id,
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - FIRST_OF_SIGNALS);
  }
}

static void end(int number) {
  over = number;
}

static void be_many(int most) {
  while (!over) {
    int status = 0;
    if (living < most) {
      one_more_passer();
    }
    for (pid_t id = 0; (id = waitpid(-1, &status, WNOHANG)) > 0;) {
      ended(id, status);
    }
    sleep_ms(4);
  }
}

int main(int argc, char** argv) {
  if (argc != 4 || atoi(argv[1]) > MOST) {
    return 2;
  }
  const struct sigaction ending = {.sa_handler = end};
  sigaction(SIGUSR1, &ending, NULL);
  for (count = 0; count < atoi(argv[1]); ++count) {
    stuck[count] = fork();
    if (stuck[count] == 0) {
      be_stuck(count, atol(argv[2]) + count * atol(argv[3]));
    }
  }
  living = count;
  say_began();
  be_many(count + PASSERS);
  dprintf(1, "forked %ld\n", forked);
  return 0;
}
