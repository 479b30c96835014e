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

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// "%40" is '@'. What stands in front of no two digits stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool coded = text[at] == '%' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 &&
                       hex_digit(text[at + 2]) >= 0;
    out += coded ? static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])) : text[at];
    if (coded) at += 2;
  }
  return out;
}

// Takes "user:password@" off the front.
bool read_credentials(std::string_view& authority, HttpPlace& place) {
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return true;
  const auto given = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  const auto colon = given.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  place.credentials =
      percent_decoded(given.substr(0, colon)) + ":" + percent_decoded(given.substr(colon + 1));
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
    return Error{
        ErrorKind::unsupported,
        "must be http://HOST:PORT: this command speaks no TLS; use curl --fail https://HOST:PORT/healthz"};
  if (!url.starts_with(scheme) || !is_plain(url)) return malformed;
  const std::string rest = url.substr(scheme.size());
  const auto slash = rest.find('/');
  HttpPlace place;
  std::string_view authority = std::string_view(rest).substr(0, slash);
  if (!read_credentials(authority, place))
    return Error{ErrorKind::malformed,
                 "must have the user and the password as in http://USER:PASSWORD@HOST:PORT"};
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
