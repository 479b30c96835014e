// SPDX-License-Identifier: Apache-2.0
#include "inject/mute_server.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace wedged::inject {
namespace {

// Nobody outside sees what is mounted there.
constexpr const char* mount_point = "/mnt";
constexpr const char* file_path = "/mnt/report";
constexpr std::string_view file_name = "report";
constexpr std::uint64_t file_node = 2;

fuse_attr attributes(std::uint64_t node) {
  fuse_attr attr{};
  attr.ino = node;
  attr.mode = node == file_node ? S_IFREG | 0644 : S_IFDIR | 0755;
  attr.size = node == file_node ? 1 << 16 : 0;
  attr.nlink = 1;
  return attr;
}

class Answers {
 public:
  explicit Answers(int device) : device_(device) {}

  void answer(const fuse_in_header& request, const char* body) const {
    switch (request.opcode) {
      case FUSE_INIT: return greet(request, body);
      case FUSE_LOOKUP: return look_up(request, body);
      case FUSE_GETATTR: return reply(request, fuse_attr_out{0, 0, 0, attributes(request.nodeid)});
      case FUSE_OPEN:
      case FUSE_OPENDIR: return reply(request, fuse_open_out{});
      case FUSE_FORGET:  // want no answer
      case FUSE_BATCH_FORGET:
      case FUSE_INTERRUPT: return;
      case FUSE_FLUSH:
      case FUSE_RELEASE:
      case FUSE_RELEASEDIR: return refuse(request, 0);
      default: return refuse(request, ENOSYS);
    }
  }

 private:
  template <typename Body>
  void reply(const fuse_in_header& request, const Body& body) const {
    std::array<char, sizeof(fuse_out_header) + sizeof(Body)> bytes{};
    const fuse_out_header head{static_cast<std::uint32_t>(bytes.size()), 0, request.unique};
    std::memcpy(bytes.data(), &head, sizeof(head));
    std::memcpy(bytes.data() + sizeof(head), &body, sizeof(body));
    send(bytes.data(), bytes.size());
  }

  void refuse(const fuse_in_header& request, int error) const {
    const fuse_out_header head{sizeof(head), -error, request.unique};
    send(&head, sizeof(head));
  }

  // A client that has gone meanwhile is no error.
  void send(const void* bytes, std::size_t size) const { static_cast<void>(!write(device_, bytes, size)); }

  // With FUSE_ASYNC_READ a reader waits for its page, in D, and not for the answer, in S.
  void greet(const fuse_in_header& request, const char* body) const {
    fuse_init_in in{};
    std::memcpy(&in, body, std::min(sizeof(in), request.len - sizeof(request)));
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = std::min<std::uint32_t>(FUSE_KERNEL_MINOR_VERSION, in.minor);
    out.flags = FUSE_ASYNC_READ;
    out.max_readahead = in.max_readahead;
    out.max_write = 4096;
    reply(request, out);
  }

  void look_up(const fuse_in_header& request, const char* name) const {
    if (name != file_name) return refuse(request, ENOENT);
    fuse_entry_out out{};
    out.nodeid = file_node;
    out.attr = attributes(file_node);
    reply(request, out);
  }

  int device_;
};

int mounted_device() {
  const int device = must(open("/dev/fuse", O_RDWR | O_CLOEXEC), "/dev/fuse");
  const std::string options = "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0";
  must(mount("wedged-inject", mount_point, "fuse", 0, options.c_str()), "mount a file system");
  return device;
}

}  // namespace

void serve(const MuteServer& server) {
  must(unshare(CLONE_NEWNS), "a mount namespace of its own");
  must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "make the mounts private");
  auto& there = shared<Gate>();
  // Before the device is open: a client that had it too would keep alive what it waits for.
  const int client = start_process([&] {
    there.pass();
    server.client(file_path);
  });
  const int device = mounted_device();
  const Answers answers(device);
  alignas(fuse_in_header) std::array<char, 2UL * FUSE_MIN_READ_BUFFER> request{};
  while (read(device, request.data(), request.size()) > 0) {
    fuse_in_header head{};
    std::memcpy(&head, request.data(), sizeof(head));
    if (head.opcode == server.never_answers) {
      server.swallowed(client);
    } else {
      answers.answer(head, request.data() + sizeof(head));
    }
    there.open();
  }
  give_up("read /dev/fuse", errno);
}

}  // namespace wedged::inject
