// SPDX-License-Identifier: Apache-2.0
// A process that its tracer stopped and left so. Tells the tracee's id; the tracer is this program's own
// parent.
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "fault.h"

int main(void) {
  const pid_t child = fork();
  if (child == 0) {
    for (;;) {
      pause();
    }
  }
  if (ptrace(PTRACE_ATTACH, child, NULL, NULL) != 0 || waitpid(child, NULL, __WALL) != child) {
    fail("ptrace");
  }
  dprintf(1, "began %lld %d %d\n", now_ms(), child, child);
  for (;;) {
    pause();
  }
}
