// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1 request, from bytes to values: RFC 9112, strictly, as the bytes may be an attacker's.
// Bodies are not read: nothing here takes one. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wedged {

struct HttpRequest {
  std::string method;
  std::string path;                                          // decoded, without the query
  int minor_version = 1;                                     // of HTTP/1
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case

  // Of the first header of that name, which is in lower case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// Why a request is refused.
struct HttpFault {
  int status = 400;
  std::string message;
};

inline constexpr std::size_t most_head_bytes = 8192;

// Nothing: the head's end has not come yet, and what is there may be one. A head longer than
// `most_head_bytes` is a fault, which says whether its first line alone is.
[[nodiscard]] std::optional<std::variant<HttpRequest, HttpFault>> parse_http_head(std::string_view bytes);

}  // namespace wedged
