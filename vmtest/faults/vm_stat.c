// SPDX-License-Identifier: Apache-2.0
// Asks for a file's attributes: with a FUSE server that never answers it sleeps in S, and after SIGKILL in D.
#include <sys/stat.h>

#include "fault.h"

int main(int argc, char** argv) {
  struct stat status;
  if (argc != 2) {
    return 2;
  }
  say_began();
  say_ended(stat(argv[1], &status));
  return 0;
}
