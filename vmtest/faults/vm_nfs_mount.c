// SPDX-License-Identifier: Apache-2.0
// mount(2) of an NFS version 4 server on loopback. When the server is mute the call waits in D, and SIGKILL
// ends it.
#include <sys/mount.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  char options[128];
  snprintf(options, sizeof options, "addr=127.0.0.1,clientaddr=127.0.0.1,port=%s,vers=4.1", argv[1]);
  say_began();
  say_ended(mount("127.0.0.1:/", argv[2], "nfs4", 0, options));
  return 0;
}
