// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal_socket.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wedged {
namespace {

using Sent = JournalSocket::Sent;

Sent sent_of_errno(int number) {
  switch (number) {
    case EAGAIN:
    case ENOBUFS:
    case ENOMEM:
    case EINTR:
    case EMFILE:
    case ENFILE:
    case ENOENT:  // this and the next: journald's socket is made anew
    case ECONNREFUSED: return Sent::busy;
    default: return Sent::refused;
  }
}

// What does not fit into a datagram goes as a sealed file in memory, as sd_journal_sendv does it. Invalid if
// there is no memory for it.
Fd sealed_file(const std::string& entry) {
  Fd file(memfd_create("wedged-journal-entry", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.valid()) return {};
  std::size_t at = 0;
  while (at < entry.size()) {
    const auto count = ::write(file.get(), entry.data() + at, entry.size() - at);
    if (count <= 0) return {};
    at += static_cast<std::size_t>(count);
  }
  constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
  return fcntl(file.get(), F_ADD_SEALS, seals) == 0 ? std::move(file) : Fd{};
}

// Room for the one control message that carries a descriptor.
struct ControlSpace {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

void attach(msghdr& message, int file, ControlSpace& space) {
  message.msg_control = space.bytes.data();
  message.msg_controllen = space.bytes.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &file, sizeof file);
}

}  // namespace

JournalSocket::JournalSocket(std::string path)
    : path_(std::move(path)), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}

// The address goes with each entry: a journald that was started anew needs no new connection.
JournalSocket::Sent JournalSocket::send(const std::string& entry) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) return Sent::refused;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  iovec bytes{const_cast<char*>(entry.data()), entry.size()};  // NOLINT: sendmsg(2) only reads it
  msghdr message{};
  message.msg_name = &address;
  message.msg_namelen = sizeof address;
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (sendmsg(socket_.get(), &message, MSG_NOSIGNAL) >= 0) return Sent::taken;
  if (errno != EMSGSIZE && errno != ENOBUFS) return sent_of_errno(errno);
  const Fd file = sealed_file(entry);
  if (!file.valid()) return sent_of_errno(errno);
  ControlSpace space;
  message.msg_iovlen = 0;
  attach(message, file.get(), space);
  return sendmsg(socket_.get(), &message, MSG_NOSIGNAL) >= 0 ? Sent::taken : sent_of_errno(errno);
}

bool is_journal_stream(int fd) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(fd, &status) != 0) return false;
  return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino) == stream;
}

}  // namespace wedged
