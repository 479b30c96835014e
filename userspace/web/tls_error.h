// SPDX-License-Identifier: Apache-2.0
// OpenSSL's queue of errors as words.
#pragma once

#include <string>

namespace wedged {

// What OpenSSL says last, which is nearest to the caller; its queue is empty afterwards.
[[nodiscard]] std::string openssl_says();

}  // namespace wedged
