// SPDX-License-Identifier: Apache-2.0
#include "fuse_server.h"

#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "child.h"

namespace wedged::test {
namespace {

constexpr std::uint64_t file_node = 2;
constexpr std::uint64_t file_size = 1 << 16;

class Server {
 public:
  explicit Server(int device) : device_(device) {}

  void answer(const fuse_in_header& request, const void* body) const {
    switch (request.opcode) {
      case FUSE_INIT: return greet(request, *static_cast<const fuse_init_in*>(body));
      case FUSE_LOOKUP: return look_up(request, static_cast<const char*>(body));
      case FUSE_GETATTR: return reply(request, attributes_out(request.nodeid));
      case FUSE_OPEN:
      case FUSE_OPENDIR: return reply(request, fuse_open_out{});
      case FUSE_READ:    // never
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
    static_cast<void>(!write(device_, bytes.data(), bytes.size()));
  }

  void refuse(const fuse_in_header& request, int error) const {
    const fuse_out_header head{sizeof(head), -error, request.unique};
    static_cast<void>(!write(device_, &head, sizeof(head)));
  }

  // With FUSE_ASYNC_READ a reader waits for its page, in D, and not for the answer, in S.
  void greet(const fuse_in_header& request, const fuse_init_in& in) const {
    fuse_init_out out{};
    out.major = FUSE_KERNEL_VERSION;
    out.minor = std::min<std::uint32_t>(FUSE_KERNEL_MINOR_VERSION, in.minor);
    out.flags = FUSE_ASYNC_READ;
    out.max_readahead = in.max_readahead;
    out.max_write = 4096;
    reply(request, out);
  }

  static fuse_attr attributes(std::uint64_t node) {
    fuse_attr attr{};
    attr.ino = node;
    attr.mode = node == file_node ? S_IFREG | 0644 : S_IFDIR | 0755;
    attr.size = node == file_node ? file_size : 0;
    attr.nlink = 1;
    return attr;
  }

  static fuse_attr_out attributes_out(std::uint64_t node) {
    fuse_attr_out out{};
    out.attr = attributes(node);
    return out;
  }

  void look_up(const fuse_in_header& request, const char* name) const {
    if (std::string(name) != fuse_file) return refuse(request, ENOENT);
    fuse_entry_out out{};
    out.nodeid = file_node;
    out.attr = attributes(file_node);
    reply(request, out);
  }

  int device_;
};

}  // namespace

int serve_but_reads(const std::string& folder, const std::function<void()>& ready) {
  const int device = must(open("/dev/fuse", O_RDWR | O_CLOEXEC), "/dev/fuse");
  const auto options = "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0";
  must(mount("a mute server", folder.c_str(), "fuse", 0, options.c_str()), "mount");
  const Server server(device);
  alignas(fuse_in_header) std::array<char, 2UL * FUSE_MIN_READ_BUFFER> request{};
  bool greeted = false;
  while (read(device, request.data(), request.size()) > 0) {
    fuse_in_header head{};
    std::memcpy(&head, request.data(), sizeof(head));
    server.answer(head, request.data() + sizeof(head));
    if (!greeted) ready();
    greeted = true;
  }
  return 1;
}

}  // namespace wedged::test
