// SPDX-License-Identifier: Apache-2.0
#include "web/listen_advice.h"

#include <cerrno>
#include <cstring>

namespace wedged {

bool is_host_and_port(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) return false;
  return address.find_first_of(", \t\r\n") == std::string::npos &&
         address.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

std::string listen_advice(const std::string& complaint) {
  const auto says = [&](int number) { return complaint.find(std::strerror(number)) != std::string::npos; };
  if (says(EADDRINUSE)) {
    return "another process listens there; choose another with --web.listen-address, or --no-web for none";
  }
  if (says(EACCES))
    return "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one with --web.listen-address";
  if (says(EADDRNOTAVAIL)) return "no interface of this host has that address; check --web.listen-address";
  return (complaint.empty() ? std::string("the address is not usable") : complaint) +
         "; write --web.listen-address as HOST:PORT, for example 127.0.0.1:9974";
}

}  // namespace wedged
