// SPDX-License-Identifier: Apache-2.0
#include "web/listen_advice.h"

#include <cerrno>

#include "util/result.h"

namespace wedged {

std::string listen_advice(int error_number) {
  switch (error_number) {
    case EADDRINUSE:
      return "another process listens there; choose another with --web.listen-address, or --no-web for none";
    case EACCES:
      return "ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one with --web.listen-address";
    case EADDRNOTAVAIL: return "no interface of this host has that address; check --web.listen-address";
    case EAFNOSUPPORT: return "this host has no IPv6; choose an IPv4 address with --web.listen-address";
    default: return system_error(error_number, "the system refuses it").message;
  }
}

}  // namespace wedged
