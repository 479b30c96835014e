// SPDX-License-Identifier: Apache-2.0
// The system calls that the inspector keeps. All others fail with EPERM.
#pragma once

#include "util/result.h"

namespace wedged {

// Writing stays possible to `socket` and standard error only.
[[nodiscard]] Status filter_system_calls(int socket);

}  // namespace wedged
