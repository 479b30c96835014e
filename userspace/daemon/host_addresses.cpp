// SPDX-License-Identifier: Apache-2.0
#include "daemon/host_addresses.h"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace wedged {
namespace {

Result<Addresses> look_up(const std::string& host, unsigned short port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error == EAI_SYSTEM) return Error{ErrorKind::system, system_error(errno, host).message};
  if (error != 0) return Error{ErrorKind::system, host + ": " + gai_strerror(error)};
  return Addresses(found, freeaddrinfo);
}

}  // namespace

Result<Addresses> addresses_of(const std::string& host, unsigned short port, const Deadline& deadline) {
  if (auto numeric = look_up(host, port, AI_NUMERICHOST)) return numeric;
  auto found = called_within(deadline, [host, port] { return look_up(host, port, 0); });
  if (found) return std::move(*found);
  return Error{ErrorKind::system,
               host + ": no name server tells its address in time; give the address, or see resolv.conf(5)"};
}

}  // namespace wedged
