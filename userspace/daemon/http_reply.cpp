// SPDX-License-Identifier: Apache-2.0
// Asked with HTTP/1.0, so the body comes in one piece and ends with the connection: RFC 9112, 6.3.
#include "daemon/http_reply.h"

#include <strings.h>

#include <charconv>
#include <optional>
#include <string_view>

namespace wedged {
namespace {

// "HTTP/1.1 200 OK".
std::optional<int> status_of(std::string_view line) {
  constexpr std::size_t status_at = 9;
  if (!line.starts_with("HTTP/1.") || line.size() < status_at + 3) return std::nullopt;
  int status = 0;
  const char* const end = line.data() + status_at + 3;
  const auto [rest, error] = std::from_chars(line.data() + status_at, end, status);
  if (error != std::errc{} || rest != end || status < 100) return std::nullopt;
  return status;
}

std::string_view value_of(std::string_view head, const std::string& name) {
  for (auto at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    const auto colon = line.find(':');
    if (colon != name.size() || ::strncasecmp(line.data(), name.data(), colon) != 0) continue;
    const auto value = line.substr(colon + 1);
    const auto begin = value.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view{} : value.substr(begin);
  }
  return {};
}

Error malformed(const std::string& message) {
  return {ErrorKind::malformed, message};
}

}  // namespace

Result<HttpReply> parse_http_reply(const std::string& bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (bytes.empty()) return malformed("it closed the connection without an answer");
  if (end == std::string::npos) return malformed("its answer is no HTTP");
  const auto head = std::string_view(bytes).substr(0, end);
  const auto status = status_of(head);
  if (!status) return malformed("its answer is no HTTP");
  if (!value_of(head, "Transfer-Encoding").empty()) return malformed("its answer comes in pieces");
  HttpReply reply{*status, bytes.substr(end + 4)};
  const auto promised = value_of(head, "Content-Length");
  std::size_t length = 0;
  const auto [rest, error] = std::from_chars(promised.data(), promised.data() + promised.size(), length);
  if (!promised.empty() && (error != std::errc{} || reply.body.size() != length))
    return malformed("its answer was cut off");
  return reply;
}

}  // namespace wedged
