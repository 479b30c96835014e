// SPDX-License-Identifier: Apache-2.0
// The bytes that an HTTP server sent, up to the end of the connection, as status and body. Pure.
#pragma once

#include <string>

#include "util/result.h"

namespace wedged {

struct HttpReply {
  int status = 0;
  std::string body;

  bool operator==(const HttpReply&) const = default;
};

// Kind `malformed` for what is no reply, or is one that was cut off.
[[nodiscard]] Result<HttpReply> parse_http_reply(const std::string& bytes);

}  // namespace wedged
