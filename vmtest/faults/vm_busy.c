// SPDX-License-Identifier: Apache-2.0
// Works in user space without end on one CPU. Usage: vm_busy CPU [fifo]     with fifo: as a real-time task
// that leaves this CPU to no other
#define _GNU_SOURCE
#include <sched.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    return 2;
  }
  const struct sched_param priority = {.sched_priority = 50};
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(atoi(argv[1]), &one);
  if (sched_setaffinity(0, sizeof one, &one) != 0) {
    fail("sched_setaffinity");
  }
  if (argc > 2 && sched_setscheduler(0, SCHED_FIFO, &priority) != 0) {
    fail("sched_setscheduler");
  }
  say_began();
  for (volatile unsigned long turns = 0;;) {
    turns = turns + 1;
  }
}
