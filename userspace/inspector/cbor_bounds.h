// SPDX-License-Identifier: Apache-2.0
// Whether CBOR bytes are safe to build values from: nlohmann-json's reader calls itself for each level of
// nesting, and a value takes 16 times the memory of its byte.
#pragma once

#include <string_view>

#include "util/result.h"

namespace wedged {

// Kind `malformed`: nested too deeply, too many values, or no CBOR.
[[nodiscard]] Status check_cbor_bounds(std::string_view bytes);

}  // namespace wedged
