// SPDX-License-Identifier: Apache-2.0
#include "daemon/http_url.h"

#include <charconv>
#include <string_view>

namespace wedged {
namespace {

constexpr std::string_view scheme = "http://";

bool read_port(std::string_view text, unsigned short& port) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && rest == text.data() + text.size() && port != 0;
}

// What would end the line of a request or start another one.
bool is_plain(std::string_view text) {
  for (const char letter : text) {
    if (letter <= ' ' || letter > '~') return false;
  }
  return true;
}

// "host", "host:1", "[::1]", "[::1]:1".
bool read_host_and_port(std::string_view text, HttpPlace& place) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return false;
  place.host = text.substr(bracketed ? 1 : 0, bracketed ? end - 1 : end);
  if (place.host.empty()) return false;
  const auto rest =
      end == std::string_view::npos ? std::string_view{} : text.substr(end + (bracketed ? 1 : 0));
  return rest.empty() || (rest.front() == ':' && read_port(rest.substr(1), place.port));
}

}  // namespace

std::string HttpPlace::text() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return std::string(scheme) + (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<HttpPlace> parse_http_url(const std::string& url, const std::string& path) {
  const Error malformed{ErrorKind::malformed, "must be http://HOST:PORT, as in http://127.0.0.1:9974"};
  if (url.starts_with("https://"))
    return Error{ErrorKind::unsupported, "must be http://HOST:PORT: this command speaks no TLS"};
  if (!url.starts_with(scheme) || !is_plain(url)) return malformed;
  const std::string rest = url.substr(scheme.size());
  const auto slash = rest.find('/');
  HttpPlace place;
  if (!read_host_and_port(std::string_view(rest).substr(0, slash), place)) return malformed;
  std::string folder = slash == std::string::npos ? "" : rest.substr(slash);
  while (!folder.empty() && folder.back() == '/') folder.pop_back();
  place.path = folder + path;
  return place;
}

HttpPlace place_of(const ListenAddress& address, const std::string& path) {
  HttpPlace place{address.host, address.port, path};
  if (place.host == "0.0.0.0") place.host = "127.0.0.1";
  if (place.host == "::") place.host = "::1";
  return place;
}

}  // namespace wedged
