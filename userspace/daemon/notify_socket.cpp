// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wedged {
namespace {

// Of other kinds there is AF_VSOCK, by which a virtual machine's PID 1 tells its host.
bool is_unix_address(const std::string& address) {
  return address.size() > 1 && address.size() < sizeof sockaddr_un{}.sun_path &&
         (address.front() == '/' || address.front() == '@');
}

}  // namespace

NotifySocket::NotifySocket(std::string address) {
  if (!is_unix_address(address)) return;
  address_ = std::move(address);
  socket_ = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

NotifySocket NotifySocket::of_environment() {
  const char* address = std::getenv("NOTIFY_SOCKET");
  return NotifySocket(address == nullptr ? "" : address);
}

// The address goes with each datagram: a socket that was made anew needs no new connection.
bool NotifySocket::send(const std::string& assignments) const {
  if (address_.empty()) return true;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  // An abstract name is as long as it says: a zero behind it would belong to it.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  return sendto(socket_.get(), assignments.data(), assignments.size(), MSG_NOSIGNAL,
                reinterpret_cast<const sockaddr*>(&address), length) >= 0;
}

}  // namespace wedged
