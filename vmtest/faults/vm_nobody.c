// SPDX-License-Identifier: Apache-2.0
// Runs a command as the user nobody, without any capability.
#define _GNU_SOURCE
#include <grp.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    return 2;
  }
  if (setgroups(0, NULL) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0) {
    fail("becoming nobody");
  }
  execvp(argv[1], argv + 1);
  fail(argv[1]);
}
