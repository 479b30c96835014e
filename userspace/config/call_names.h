// SPDX-License-Identifier: Apache-2.0
// Whether a word of the file names a system call, and which one may have been meant.
#pragma once

#include <string>

#include "config/problems.h"

namespace wedged {

// "there is no system call 'fsink' here; did you mean 'fsync'?"; empty if there is one. Without the hint
// where problems are crowded: it looks at all calls.
[[nodiscard]] std::string fault_of_call(const std::string& call, const Problems& problems);

}  // namespace wedged
