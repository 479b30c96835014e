// SPDX-License-Identifier: Apache-2.0
// Which function a caller called, read from its call instruction: what is left of a name where the callee
// went on, by a jump, to a function that no symbol table names. glibc's exported pthread_join, sem_wait and,
// for robust and priority-inheriting mutexes, pthread_mutex_lock do just that. In the child only.
#pragma once

#include <cstdint>
#include <optional>

#include "inspector/memory.h"

namespace wedged {

// The address that the call in front of this return address went to, through a procedure linkage table if
// need be. Absent for calls through registers, and on machines other than x86_64.
[[nodiscard]] std::optional<std::uint64_t> called_from(Memory& memory, std::uint64_t return_address);

}  // namespace wedged
