// SPDX-License-Identifier: Apache-2.0
// The frame of a ledger's text: schema, checksum, body. What has not the right checksum is never parsed.
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "util/result.h"

namespace wedged {

// {"schema":1,"checksum":"0123456789abcdef",BODY}: `body` is the inside of a JSON object, in one line.
[[nodiscard]] std::string sealed(std::string_view body);

// The body of a text that is whole.
[[nodiscard]] Result<std::string_view> unsealed(std::string_view text);

}  // namespace wedged
