// SPDX-License-Identifier: Apache-2.0
// The words after `wedged why`, checked and made into values. Knows nothing of the flags around them.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/cause.h"
#include "util/result.h"

namespace wedged {

inline constexpr int greatest_pid = 1 << 22;  // PID_MAX_LIMIT

// Why this is no process id; empty if it is one.
[[nodiscard]] std::string fault_of_pid(const std::string& text);

// Why this is neither a process id nor a name; empty if it is one. What is all digits is an id.
[[nodiscard]] std::string fault_of_target(const std::string& text);

// The cause of that name; all of them for "all". The error says what it may be.
[[nodiscard]] Result<std::vector<Cause>> causes_to_explain(const std::string& text);

}  // namespace wedged
