// SPDX-License-Identifier: Apache-2.0
// A Page as the bytes of an HTTP/1.1 response that ends the connection. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "web/pages.h"

namespace wedged {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct ResponseForm {
  bool with_body = true;  // false: of HEAD
  bool gzip = false;      // the client takes it
  HttpHeaders extra;      // of the configuration; they replace ours of the same name
};

[[nodiscard]] std::string http_response(const Page& page, const ResponseForm& form);

[[nodiscard]] Page plain_page(int status, const std::string& body);

}  // namespace wedged
