// SPDX-License-Identifier: Apache-2.0
// Hangs in the test module, and tells of each signal that it gets: another thread takes them all, so that
// none waits in the kernel until the hang is over, and none but SIGKILL ends it. Usage: vm_patient STEPS
// Prints "signal NUMBER SENDER MILLISECONDS".
#include "fault.h"

static void* tell_signals(void* set) {
  siginfo_t got;
  for (;;) {
    if (sigwaitinfo(set, &got) > 0) {
      dprintf(1, "signal %d %d %lld\n", got.si_signo, got.si_pid, now_ms());
    }
  }
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  pthread_t thread;
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  pthread_create(&thread, NULL, tell_signals, &all);
  hang(argv[1]);
  return 0;
}
