// SPDX-License-Identifier: Apache-2.0
// WebSecurity: a web configuration in force. Immutable; every connection keeps the one it began with.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "web/http_response.h"
#include "web/tls.h"

namespace wedged {

struct WebSecurity {
  std::shared_ptr<const TlsContext> tls;     // null: plain HTTP
  HttpHeaders headers;                       // of every response
  std::map<std::string, std::string> users;  // name to bcrypt's hash; empty: no password is asked for

  // Not everything that reaches the port gets an answer.
  [[nodiscard]] bool protects() const { return tls != nullptr || !users.empty(); }
};

}  // namespace wedged
