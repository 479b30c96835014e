// SPDX-License-Identifier: Apache-2.0
// A FUSE file system with one file of 64 KiB, whatever it is called. Speaks to /dev/fuse itself, and reads
// every request: so a client that is killed must wait for an answer that never comes, and only the server's
// death ends that wait. Usage: vm_fuse_server PLACE [HOW]
//   mute      answers the greeting and nothing after it (unless told)
//   no_data   answers everything but READ
//   slow      answers everything, READ after 300 ms
//   deadlock  two threads serve; for READ each takes a mutex, and whoever has it takes it again
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "fault.h"

enum { SIZE = 65536, FILE_NODE = 2 };

static const char* how = "mute";
static int fuse;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void answer(const struct fuse_in_header* request, int error, const void* body, size_t size) {
  static const char nothing[SIZE];
  char message[sizeof(struct fuse_out_header) + SIZE];
  const struct fuse_out_header head = {(uint32_t)(sizeof head + size), error, request->unique};
  memcpy(message, &head, sizeof head);
  memcpy(message + sizeof head, body ? body : nothing, size);
  if (write(fuse, message, head.len) != (ssize_t)head.len) {
    dprintf(1, "nobody wants the answer: %s\n", strerror(errno));
  }
}

static struct fuse_attr attributes(uint64_t node) {
  return (struct fuse_attr){
      .ino = node, .size = SIZE, .mode = node == FILE_NODE ? S_IFREG | 0644 : S_IFDIR | 0755, .nlink = 1};
}

static void greet(const struct fuse_in_header* request) {
  const struct fuse_init_out init = {
      .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 4096};
  answer(request, 0, &init, sizeof init);
  dprintf(1, "ready\n");
}

static void look_up(const struct fuse_in_header* request) {
  const struct fuse_entry_out entry = {
      .nodeid = FILE_NODE, .entry_valid = 3600, .attr_valid = 3600, .attr = attributes(FILE_NODE)};
  answer(request, 0, &entry, sizeof entry);
}

static void get_attributes(const struct fuse_in_header* request) {
  const struct fuse_attr_out out = {.attr_valid = 3600, .attr = attributes(request->nodeid)};
  answer(request, 0, &out, sizeof out);
}

static void open_file(const struct fuse_in_header* request) {
  const struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_KEEP_CACHE};
  answer(request, 0, &out, sizeof out);
}

static void lock_twice(void) {
  pthread_mutex_lock(&mutex);
  say_began();
  pthread_mutex_lock(&mutex);
}

static void read_file(const struct fuse_in_header* request) {
  const struct fuse_read_in* wish = (const struct fuse_read_in*)(request + 1);
  if (strcmp(how, "no_data") == 0) {
    dprintf(1, "swallowed request %u of process %u\n", request->opcode, request->pid);
    return;
  }
  if (strcmp(how, "deadlock") == 0) {
    lock_twice();
  }
  sleep_ms(300);
  answer(request, 0, NULL, wish->offset < SIZE ? wish->size : 0);
}

static void serve(const struct fuse_in_header* request) {
  switch (request->opcode) {
    case FUSE_LOOKUP: return look_up(request);
    case FUSE_GETATTR: return get_attributes(request);
    case FUSE_OPEN: return open_file(request);
    case FUSE_READ: return read_file(request);
    case FUSE_FLUSH:
    case FUSE_RELEASE: return answer(request, 0, NULL, 0);
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
    case FUSE_INTERRUPT: return;
    default: answer(request, -ENOSYS, NULL, 0);
  }
}

static void* serve_all(void* unused) {
  char buffer[FUSE_MIN_READ_BUFFER + 4096] __attribute__((aligned(8)));
  while (read(fuse, buffer, sizeof buffer) > 0) {
    const struct fuse_in_header* request = (const struct fuse_in_header*)buffer;
    if (request->opcode == FUSE_INIT) {
      greet(request);
    } else if (strcmp(how, "mute") == 0) {
      dprintf(1, "swallowed request %u of process %u\n", request->opcode, request->pid);
    } else {
      serve(request);
    }
  }
  return unused;
}

int main(int argc, char** argv) {
  if (argc < 2) {
    return 2;
  }
  char options[128];
  pthread_t second;
  how = argc > 2 ? argv[2] : how;
  fuse = opened("/dev/fuse", O_RDWR);
  snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
  if (mount("vm_fuse", argv[1], "fuse.vm_fuse", 0, options) != 0) {
    fail("mount");
  }
  if (strcmp(how, "deadlock") == 0) {
    pthread_create(&second, NULL, serve_all, NULL);
  }
  serve_all(NULL);
  return 0;
}
