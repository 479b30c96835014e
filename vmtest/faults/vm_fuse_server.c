// SPDX-License-Identifier: Apache-2.0
// A FUSE file system whose server answers the greeting and nothing after it. It reads every request, so that
// a client that is killed must wait for an answer that never comes: only the server's death ends that wait.
// Speaks to /dev/fuse itself.
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "fault.h"

static void greet(int fd, const struct fuse_in_header* request) {
  struct {
    struct fuse_out_header head;
    struct fuse_init_out init;
  } answer = {0};
  answer.head.len = sizeof answer;
  answer.head.unique = request->unique;
  answer.init.major = FUSE_KERNEL_VERSION;
  answer.init.minor = FUSE_KERNEL_MINOR_VERSION;
  answer.init.max_write = 4096;
  if (write(fd, &answer, sizeof answer) != (ssize_t)sizeof answer) {
    fail("answer to FUSE_INIT");
  }
}

int main(int argc, char** argv) {
  if (argc != 2) {
    return 2;
  }
  static char buffer[FUSE_MIN_READ_BUFFER + 4096] __attribute__((aligned(8)));
  char options[128];
  const int fd = opened("/dev/fuse", O_RDWR);
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
  if (mount("vm_fuse", argv[1], "fuse.vm_fuse", 0, options) != 0) {
    fail("mount");
  }
  while (read(fd, buffer, sizeof buffer) > 0) {
    const struct fuse_in_header* request = (const struct fuse_in_header*)buffer;
    if (request->opcode == FUSE_INIT) {
      greet(fd, request);
      dprintf(1, "ready\n");
    } else {
      dprintf(1, "swallowed request %u of process %u\n", request->opcode, request->pid);
    }
  }
  return 0;
}
