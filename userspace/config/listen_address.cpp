// SPDX-License-Identifier: Apache-2.0
#include "config/listen_address.h"

#include <arpa/inet.h>

#include <charconv>
#include <optional>

#include "config/problems.h"

namespace wedged {
namespace {

bool is_address(int family, const std::string& host) {
  in6_addr address{};  // the larger of the two
  return ::inet_pton(family, host.c_str(), &address) == 1;
}

std::optional<unsigned short> port_of(const std::string& text) {
  unsigned short port = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || rest != end || port == 0) return std::nullopt;
  return port;
}

// Without brackets; what is left without a colon is IPv4.
std::optional<std::string> host_of(const std::string& text) {
  if (text.empty()) return "0.0.0.0";
  if (text == "localhost") return "127.0.0.1";
  if (is_address(AF_INET, text)) return text;
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  std::string host = text.substr(1, text.size() - 2);
  if (!is_address(AF_INET6, host)) return std::nullopt;
  return host;
}

}  // namespace

std::string ListenAddress::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<ListenAddress> parse_listen_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto host = colon == std::string::npos ? std::nullopt : host_of(text.substr(0, colon));
  if (!host) {
    return Error{ErrorKind::malformed,
                 "must be an IP address and a port such as 127.0.0.1:9974, not " + quote(text)};
  }
  const auto port = port_of(text.substr(colon + 1));
  if (!port) {
    return Error{ErrorKind::malformed,
                 "must end in a port from 1 to 65535, not " + quote(text.substr(colon + 1))};
  }
  return ListenAddress{*host, *port};
}

}  // namespace wedged
