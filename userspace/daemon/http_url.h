// SPDX-License-Identifier: Apache-2.0
// Where a daemon's web server is, as text: "http://HOST:PORT", "https://HOST:PORT". Asks no name server.
// Pure.
#pragma once

#include <string>

#include "config/settings.h"
#include "util/result.h"

namespace wedged {

struct HttpPlace {
  std::string host;  // a name or an address, IPv6 without brackets
  unsigned short port = 9974;
  std::string path = "/";
  std::string credentials{};  // "user:password"; empty: none
  bool tls = false;

  [[nodiscard]] std::string text() const;  // "http://[::1]:9974"; without the path and the password

  bool operator==(const HttpPlace&) const = default;
};

// "http[s]://HOST[:PORT][/PATH]" with `path` at its end. Kind `malformed`; the message is a predicate: "must
// be ...". A password in it is refused, and not repeated.
[[nodiscard]] Result<HttpPlace> parse_http_url(const std::string& url, const std::string& path);

// Where somebody on this host reaches who listens on that address.
[[nodiscard]] HttpPlace place_of(const ListenAddress& address, const std::string& path);

}  // namespace wedged
