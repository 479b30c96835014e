// SPDX-License-Identifier: Apache-2.0
// Whether a thread waits in the kernel for one certain process to end, from its call alone. Pure. Source:
// wait(2).
#pragma once

#include <optional>

#include "observation/lock.h"

namespace wedged {

// As a Lock of kind `process`: its owner is the child, by the id that the waiter's PID namespace gives it.
// Absent for all other calls, and for waits for any child.
[[nodiscard]] std::optional<Lock> process_wait_of(const Task& task);

}  // namespace wedged
