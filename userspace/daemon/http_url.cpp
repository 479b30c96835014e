// SPDX-License-Identifier: Apache-2.0
#include "daemon/http_url.h"

#include <charconv>
#include <string_view>

namespace wedged {
namespace {

constexpr std::string_view plain_scheme = "http://";
constexpr std::string_view tls_scheme = "https://";

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
  return std::string(tls ? tls_scheme : plain_scheme) + (ipv6 ? "[" + host + "]" : host) + ":" +
         std::to_string(port);
}

Result<HttpPlace> parse_http_url(const std::string& url, const std::string& path) {
  const Error malformed{ErrorKind::malformed,
                        "must be http://HOST:PORT or https://HOST:PORT, as in http://127.0.0.1:9974"};
  HttpPlace place;
  place.tls = url.starts_with(tls_scheme);
  if ((!place.tls && !url.starts_with(plain_scheme)) || !is_plain(url)) return malformed;
  const std::string rest = url.substr(place.tls ? tls_scheme.size() : plain_scheme.size());
  const auto slash = rest.find('/');
  const std::string_view authority = std::string_view(rest).substr(0, slash);
  if (authority.find('@') != std::string_view::npos)
    return Error{ErrorKind::malformed,
                 "must be without user and password, which others would see in the list of processes: give "
                 "them as --user NAME --password-file FILE"};
  if (!read_host_and_port(authority, place)) return malformed;
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
