// SPDX-License-Identifier: Apache-2.0
// The call that a thread is in with its arguments, as strace shows one: numbers as they were handed over,
// names only where the kernel's own memory has them. Reads nothing of the process. Pure.
#pragma once

#include <string>

#include "observation/task.h"

namespace wedged {

// "read(3</mnt/data/a>, 0x7ffd1000, 4096)", "openat(AT_FDCWD, \"/mnt/x\", O_RDONLY|O_CLOEXEC)"; the name
// alone where the arguments are not known; empty outside calls. Of bounded length. Files may have any name:
// not safe for a terminal as it is.
[[nodiscard]] std::string call_text(const Task& task);

}  // namespace wedged
