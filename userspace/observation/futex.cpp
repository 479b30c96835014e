// SPDX-License-Identifier: Apache-2.0
#include "observation/futex.h"

#include <linux/futex.h>

#include "observation/syscall_names.h"

namespace wedged {
namespace {

// futex(address, operation, value, timeout, ...)
std::optional<FutexWait> from_futex(const std::array<std::uint64_t, 6>& arguments) {
  const auto operation = static_cast<std::uint32_t>(arguments[1]);
  const auto command = operation & static_cast<std::uint32_t>(FUTEX_CMD_MASK);
  FutexWait wait;
  switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAIT_REQUEUE_PI: wait.operation = FutexOperation::wait; break;
    case FUTEX_LOCK_PI:
    case 13:  // FUTEX_LOCK_PI2, v5.14; not yet in Debian 12's headers
      wait.operation = FutexOperation::lock_pi;
      break;
    default: return std::nullopt;
  }
  wait.address = arguments[0];
  wait.process_private = (operation & FUTEX_PRIVATE_FLAG) != 0;
  wait.has_timeout = arguments[3] != 0;
  wait.expected = static_cast<std::uint32_t>(arguments[2]);
  wait.bitset = command == FUTEX_WAIT_BITSET || command == FUTEX_WAIT_REQUEUE_PI;
  return wait;
}

// futex_wait(address, value, mask, flags, timeout, clock), v6.7
std::optional<FutexWait> from_futex_wait(const std::array<std::uint64_t, 6>& arguments) {
  constexpr std::uint64_t private_flag = 128;  // FUTEX2_PRIVATE
  FutexWait wait;
  wait.address = arguments[0];
  wait.process_private = (arguments[3] & private_flag) != 0;
  wait.has_timeout = arguments[4] != 0;
  wait.expected = static_cast<std::uint32_t>(arguments[1]);
  wait.bitset = true;
  return wait;
}

}  // namespace

std::optional<FutexWait> futex_wait_of(const SystemCall& call) {
  constexpr int futex_wait_number = 455;  // the same on all architectures
  if (call.compat || !call.arguments) return std::nullopt;
  if (call.number == futex_wait_number) return from_futex_wait(*call.arguments);
  if (syscall_name(call.number) == "futex") return from_futex(*call.arguments);
  return std::nullopt;
}

// 2: glibc's and Rust's "locked, with waiters". FUTEX_WAITERS: robust mutexes of glibc and all of musl's.
// Another value on a shared futex: pthread_join waits for the thread's id to be cleared.
bool looks_like_lock(const FutexWait& wait) {
  if (wait.operation == FutexOperation::lock_pi) return true;
  if (wait.expected == 2 || (wait.expected & FUTEX_WAITERS) != 0) return true;
  return !wait.process_private && wait.expected > 2;
}

}  // namespace wedged
