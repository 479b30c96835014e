// SPDX-License-Identifier: Apache-2.0
// Whether the bytes of a file are text at all, before anybody asks what they mean.
#pragma once

#include <string>

#include "config/problems.h"

namespace wedged {

// The greatest file that is read.
inline constexpr std::size_t max_config_bytes = std::size_t{1} << 20;

// False, with the one problem that says why, if they are too many, hold a NUL or are not UTF-8. A column
// counts bytes.
[[nodiscard]] bool is_text(const std::string& bytes, Problems& problems);

}  // namespace wedged
