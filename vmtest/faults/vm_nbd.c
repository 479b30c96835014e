// SPDX-License-Identifier: Apache-2.0
// A network block device whose server answers reads until the file MUTE exists, and never again. This process
// serves the kernel's end (NBD_DO_IT); its end ends the device.
#include <arpa/inet.h>
#include <linux/nbd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "fault.h"

static void set_up(int device, int server) {
  if (ioctl(device, NBD_SET_BLKSIZE, 4096UL) != 0 || ioctl(device, NBD_SET_SIZE_BLOCKS, 1024UL) != 0 ||
      ioctl(device, NBD_SET_SOCK, server) != 0) {
    fail("nbd");
  }
}

static void send_all(int client, const void* bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    const ssize_t sent = write(client, (const char*)bytes + done, size - done);
    if (sent <= 0) {
      exit(0);
    }
    done += (size_t)sent;
  }
}

// The protocol: linux/nbd.h.
static void serve(int client, const char* mute) {
  static const char zeros[4096];
  struct nbd_request request;
  while (recv(client, &request, sizeof request, MSG_WAITALL) == sizeof request) {
    struct nbd_reply reply = {htonl(NBD_REPLY_MAGIC), 0, {0}};
    while (access(mute, F_OK) == 0) {
      pause();
    }
    memcpy(&reply.handle, &request.handle, sizeof reply.handle);
    send_all(client, &reply, sizeof reply);
    for (uint32_t left = ntohl(request.type) == NBD_CMD_READ ? ntohl(request.len) : 0; left > 0;) {
      const uint32_t part = left < sizeof zeros ? left : sizeof zeros;
      send_all(client, zeros, part);
      left -= part;
    }
  }
  exit(0);
}

int main(int argc, char** argv) {
  int ends[2];
  if (argc != 3) {
    return 2;
  }
  const int device = opened(argv[1], O_RDWR);
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
    fail("socketpair");
  }
  if (fork() == 0) {
    close(device);
    close(ends[0]);
    serve(ends[1], argv[2]);
  }
  close(ends[1]);
  set_up(device, ends[0]);
  dprintf(1, "ready\n");
  say_ended(ioctl(device, NBD_DO_IT));
  return 0;
}
