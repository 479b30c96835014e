// SPDX-License-Identifier: Apache-2.0
// What a futex call asks for, from its number and arguments alone. Pure.
// Source: futex(2), include/uapi/linux/futex.h.
#pragma once

#include <cstdint>
#include <optional>

#include "observation/task.h"

namespace wedged {

enum class FutexOperation { wait, lock_pi };

struct FutexWait {
  FutexOperation operation = FutexOperation::wait;
  std::uint64_t address = 0;     // of the futex word, in the thread's address space
  bool process_private = false;  // FUTEX_PRIVATE_FLAG: nobody outside the address space can wake it
  bool has_timeout = false;      // the wait ends by itself
  bool bitset = false;  // FUTEX_WAIT_BITSET and its like, not FUTEX_WAIT: tells glibc's locks from the rest
  std::uint32_t expected = 0;  // `wait`: what the word held when the thread went to sleep

  bool operator==(const FutexWait&) const = default;
};

// Absent for everything that is no wait on one futex word, for 32-bit calls and where arguments are unknown.
[[nodiscard]] std::optional<FutexWait> futex_wait_of(const SystemCall& call);

// Whether the expected value is one that only locks and joins use: worth a look at the whole process.
[[nodiscard]] bool looks_like_lock(const FutexWait& wait);

}  // namespace wedged
