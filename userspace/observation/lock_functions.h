// SPDX-License-Identifier: Apache-2.0
// Which functions of the C libraries wait for what: the one table by which a futex wait is told from another.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "observation/lock.h"

namespace wedged {

struct LockFunction {
  std::string name;    // of the first frame outside the plumbing, as the stack has it; never empty
  std::string module;  // of that frame
  bool in_low_level_lock = false;  // the innermost frame is glibc's own way to wait for a plain lock
  std::optional<LockKind> kind;    // absent: no function that is known to wait for something
};

// The innermost frame that says what is waited for. Frames without a name and the plumbing of futex calls are
// passed over; the first other one decides, so that nothing further out is taken for it. A function of the
// program itself that is named like one of the C library is none of it. Absent: no frame has a name.
[[nodiscard]] std::optional<LockFunction> lock_function(const std::vector<UserFrame>& stack);

// Whether a mapped file is glibc, or was a part of it before 2.34.
[[nodiscard]] bool is_glibc(const std::string& module);

}  // namespace wedged
