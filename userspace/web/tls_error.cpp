// SPDX-License-Identifier: Apache-2.0
#include "web/tls_error.h"

#include <openssl/err.h>

#include "util/result.h"

namespace wedged {

std::string openssl_says() {
  std::string text = "OpenSSL refuses it";
  for (auto code = ERR_get_error(); code != 0; code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (ERR_SYSTEM_ERROR(code)) {
      text = system_error(ERR_GET_REASON(code), "it cannot be opened").message;
      break;
    }
    if (reason != nullptr) text = reason;
  }
  ERR_clear_error();
  return text;
}

}  // namespace wedged
