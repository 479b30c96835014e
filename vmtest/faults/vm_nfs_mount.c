// SPDX-License-Identifier: Apache-2.0
// mount(2) of an NFS server on loopback. Usage: vm_nfs_mount PORT PLACE [VERSION]     version 4 unless told
// When the server is mute the call waits in D, and SIGKILL ends it.
#include <sys/mount.h>

#include "fault.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    return 2;
  }
  const int three = argc > 3 && argv[3][0] == '3';
  const char* form = three ? "addr=127.0.0.1,vers=3,proto=tcp,port=%s,mountaddr=127.0.0.1,mountvers=3,"
                             "mountproto=tcp,mountport=%s,nolock,noacl"
                           : "addr=127.0.0.1,clientaddr=127.0.0.1,port=%s,vers=4.1";
  char options[256];
  snprintf(options, sizeof options, form, argv[1], argv[1]);
  say_began();
  const int result = mount("127.0.0.1:/", argv[2], three ? "nfs" : "nfs4", 0, options);
  say_ended(result);
  return result == 0 ? 0 : 1;
}
