// SPDX-License-Identifier: Apache-2.0
// Ends the virtual machine with an exit status: writes it to QEMU's isa-debug-exit device.
// Also serves as the whole init of the tiny guest that tells whether KVM works (status 42).
#include <stdlib.h>
#include <sys/io.h>
#include <unistd.h>

int main(int argc, char** argv) {
  const int status = argc > 1 && getpid() != 1 ? atoi(argv[1]) : 42;
  if (ioperm(0xf4, 1, 1) != 0) {
    return 1;
  }
  outb((unsigned char)status, 0xf4);
  return 0;
}
