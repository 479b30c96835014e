// SPDX-License-Identifier: Apache-2.0
// So many processes that do the same in the test module. Usage: vm_crowd COUNT STEPS
// Prints "ended killed" or "ended alone" for each that ends, and ends with the last.
#include <sys/wait.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  for (int i = 0; i < atoi(argv[1]); ++i) {
    if (fork() == 0) {
      hang(argv[2]);
      return 0;
    }
  }
  for (int status = 0; wait(&status) > 0;) {
    dprintf(1, "ended %s\n", WIFSIGNALED(status) ? "killed" : "alone");
  }
  return 0;
}
