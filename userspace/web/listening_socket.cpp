// SPDX-License-Identifier: Apache-2.0
#include "web/listening_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "web/listen_advice.h"

namespace wedged {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<SocketAddress> address_of(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || rest != end) return std::nullopt;
  std::string host = text.substr(0, colon);
  SocketAddress address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    auto& six = *reinterpret_cast<sockaddr_in6*>(&address.storage);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    address.size = sizeof six;
    host = host.substr(1, host.size() - 2);
    return inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1 ? std::optional(address) : std::nullopt;
  }
  auto& four = *reinterpret_cast<sockaddr_in*>(&address.storage);
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  address.size = sizeof four;
  return inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1 ? std::optional(address) : std::nullopt;
}

// Zero if it has none.
SocketAddress bound_address_of(const Fd& socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  if (::getsockname(socket.get(), address.generic(), &address.size) != 0) return {};
  return address;
}

Error cannot_listen(const std::string& address, int number) {
  return {ErrorKind::system, "cannot listen on " + address + ": " + listen_advice(number)};
}

}  // namespace

// [::] takes IPv4 as well, as exporters do.
Result<Fd> listen_at(const std::string& text) {
  auto address = address_of(text);
  if (!address) {
    return Error{ErrorKind::malformed,
                 "cannot listen on \"" + text + "\": write HOST:PORT, as in 127.0.0.1:9974 or [::1]:9974"};
  }
  Fd socket(::socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return cannot_listen(text, errno);
  const int yes = 1;
  const int no = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address->storage.ss_family == AF_INET6)
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (::bind(socket.get(), address->generic(), address->size) != 0) return cannot_listen(text, errno);
  if (::listen(socket.get(), SOMAXCONN) != 0) return cannot_listen(text, errno);
  return socket;
}

unsigned short port_of(const Fd& socket) {
  const SocketAddress address = bound_address_of(socket);
  // The port stands at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

bool is_on_loopback(const Fd& socket) {
  constexpr unsigned loopback_network = 127;
  const SocketAddress address = bound_address_of(socket);
  if (address.storage.ss_family == AF_INET) {
    const auto& four = *reinterpret_cast<const sockaddr_in*>(&address.storage);
    return ntohl(four.sin_addr.s_addr) >> 24U == loopback_network;
  }
  const auto& six = *reinterpret_cast<const sockaddr_in6*>(&address.storage);
  if (address.storage.ss_family != AF_INET6) return false;
  if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) return six.sin6_addr.s6_addr[12] == loopback_network;
  return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

}  // namespace wedged
