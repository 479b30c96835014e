// SPDX-License-Identifier: Apache-2.0
// An NFS server of version 3 (RFC 1813) with one file of 64 KiB, whatever it is called, on a TCP port of
// loopback; mounting is served on the same port. Usage: vm_nfs_server PORT mute|slow
//   mute  answers everything but READ
//   slow  answers everything, READ after 300 ms
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "fault.h"

enum { SIZE = 65536, FILE_ID = 2, ROOT_ID = 1, NFS = 100003, MOUNT = 100005 };
enum { GETATTR = 1, LOOKUP = 3, ACCESS = 4, READ = 6, FSSTAT = 18, FSINFO = 19, PATHCONF = 20 };

struct reply {
  uint32_t words[SIZE / 4 + 128];
  size_t count;
};

static int mute;

static void put(struct reply* reply, uint32_t word) {
  reply->words[reply->count++] = htonl(word);
}

static void put_long(struct reply* reply, uint64_t word) {
  put(reply, (uint32_t)(word >> 32));
  put(reply, (uint32_t)word);
}

static void put_zeros(struct reply* reply, size_t words) {
  for (; words > 0; --words) {
    put(reply, 0);
  }
}

// A file handle is the file's number.
static void put_handle(struct reply* reply, uint32_t id) {
  put(reply, 4);
  put(reply, id);
}

static void put_attributes(struct reply* reply, uint32_t id) {
  put(reply, id == FILE_ID ? 1 : 2);
  put(reply, id == FILE_ID ? 0644 : 0755);
  put(reply, 1);
  put_zeros(reply, 2);
  put_long(reply, SIZE);
  put_long(reply, SIZE);
  put_zeros(reply, 2);
  put_long(reply, 1);
  put_long(reply, id);
  put_zeros(reply, 6);
}

static void look_up(struct reply* reply) {
  put_handle(reply, FILE_ID);
  put(reply, 1);
  put_attributes(reply, FILE_ID);
  put(reply, 0);
}

// The arguments: a handle (two words), where, how much.
static void read_file(struct reply* reply, const uint32_t* arguments) {
  const uint32_t at = ntohl(arguments[3]);
  const uint32_t wanted = ntohl(arguments[4]);
  const uint32_t left = at < SIZE ? SIZE - at : 0;
  const uint32_t count = wanted < left ? wanted : left;
  put(reply, 0);
  put(reply, count);
  put(reply, count == left);
  put(reply, count);
  put_zeros(reply, (count + 3) / 4);
}

static void tell_limits(struct reply* reply) {
  static const uint32_t sizes[] = {SIZE, SIZE, 4096, SIZE, SIZE, 4096, 4096};
  put(reply, 0);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i) {
    put(reply, sizes[i]);
  }
  put_long(reply, 1UL << 40);
  put(reply, 0);
  put(reply, 1);
  put(reply, 0x1b);
}

static void tell_names(struct reply* reply) {
  put(reply, 0);
  put(reply, 1);
  put(reply, 255);
  put_zeros(reply, 2);
  put(reply, 0);
  put(reply, 1);
}

static void serve_nfs(struct reply* reply, uint32_t procedure, const uint32_t* arguments) {
  if (procedure == 0) {
    return;
  }
  put(reply, 0);
  switch (procedure) {
    case GETATTR: return put_attributes(reply, ntohl(arguments[1]));
    case LOOKUP: return look_up(reply);
    case ACCESS: put(reply, 0); return put(reply, 0x1f);
    case READ: return read_file(reply, arguments);
    case FSSTAT: return put_zeros(reply, 14);
    case FSINFO: return tell_limits(reply);
    case PATHCONF: return tell_names(reply);
    default: reply->words[reply->count - 1] = htonl(10004);  // NFS3ERR_NOTSUPP
  }
}

// Procedure 1 is MNT: the root's handle, and one way to say who one is (AUTH_SYS).
static void serve_mount(struct reply* reply, uint32_t procedure) {
  if (procedure == 1) {
    put(reply, 0);
    put_handle(reply, ROOT_ID);
    put(reply, 1);
    put(reply, 1);
  }
}

// A call: its number, CALL, RPC version, program, version, procedure, then two credentials of a kind, a
// length and a body (RFC 5531).
static void answer(int fd, const uint32_t* call) {
  static __thread struct reply reply;
  const uint32_t program = ntohl(call[3]);
  const uint32_t procedure = ntohl(call[5]);
  const uint32_t* arguments = call + 6;
  for (int i = 0; i < 2; ++i) {
    arguments += 2 + (ntohl(arguments[1]) + 3) / 4;
  }
  if (program == NFS && procedure == READ) {
    dprintf(1, "asked for data\n");
    if (mute) {
      return;
    }
    sleep_ms(300);
  }
  reply.count = 1;
  reply.words[reply.count++] = call[0];
  put(&reply, 1);
  put_zeros(&reply, 3);
  put(&reply, program == NFS || program == MOUNT ? 0 : 1);
  if (program == NFS) {
    serve_nfs(&reply, procedure, arguments);
  } else if (program == MOUNT) {
    serve_mount(&reply, procedure);
  }
  reply.words[0] = htonl(0x80000000U | (uint32_t)((reply.count - 1) * 4));
  if (write(fd, reply.words, reply.count * 4) < 0) {
    dprintf(1, "nobody wants the answer: %s\n", strerror(errno));
  }
}

static void* serve(void* descriptor) {
  const int fd = (int)(intptr_t)descriptor;
  uint32_t head;
  uint32_t call[1024];
  while (recv(fd, &head, sizeof head, MSG_WAITALL) == (ssize_t)sizeof head) {
    const size_t size = ntohl(head) & 0x7fffffffU;
    if (size > sizeof call || recv(fd, call, size, MSG_WAITALL) != (ssize_t)size) {
      break;
    }
    answer(fd, call);
  }
  close(fd);
  return NULL;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)atoi(argv[1])),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  mute = strcmp(argv[2], "mute") == 0;
  signal(SIGPIPE, SIG_IGN);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (const struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) {
    fail("listen");
  }
  dprintf(1, "ready\n");
  for (;;) {
    pthread_t thread;
    const int fd = accept(listener, NULL, NULL);
    pthread_create(&thread, NULL, serve, (void*)(intptr_t)fd);
  }
}
