// SPDX-License-Identifier: Apache-2.0
// What a thread that sleeps in a futex call waits for: from the call's arguments, the function it is in and
// the memory around the futex word. Pure. Where the layout does not tell the owner for certain there is no
// owner: a wrong one is worse than none. Sources: glibc 2.36 sysdeps/nptl/bits/struct_mutex.h,
// nptl/lowlevellock.c, nptl/pthread_rwlock_common.c; musl 1.2.3 src/internal/pthread_impl.h; futex(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "observation/task.h"
#include "observation/user_side.h"

namespace wedged {

enum class LockKind {
  mutex,       // of pthreads: owner, type and whether it is robust or inherits priority
  plain_lock,  // a word that says locked or not: C library internals, Rust's std; no owner anywhere
  rwlock,
  join,       // of another thread: its end is waited for
  process,    // the same of a child process, in the kernel: observation/process_wait.h
  kernel,     // a lock of the kernel's own: observation/kernel_lock.h
  condition,  // somebody else's word is waited for: no lock, nobody owns it
  semaphore,
  barrier,
  once,
  gave_up,  // glibc itself found the lock impossible and sleeps for ever (priority-inheriting mutexes)
  unknown,
};

struct Lock {
  LockKind kind = LockKind::unknown;
  std::uint64_t address = 0;  // of the object where its layout is known, else of the futex word
  std::string type;  // "recursive mutex", "robust mutex", "lock inside the C library", "condition variable"
  std::string function;  // the outermost function of the lock's library: "pthread_mutex_lock"; empty: unknown
  bool process_private = true;
  bool has_timeout = false;
  bool robust = false;
  bool recursive = false;
  bool owner_died = false;   // the word itself says so: nobody's id is in it any more
  std::optional<int> owner;  // thread id in the PID namespace of the waiting process; kernel: of the host
  // Other processes use it, too, and each writes the id that it has in its own PID namespace.
  bool owner_may_be_elsewhere = false;
  bool layout_certain = false;  // told by function or kernel, not only by how the memory looks
  std::string
      no_owner_reason;  // why `owner` is absent; empty where there is one, and for what nobody can own

  bool operator==(const Lock&) const = default;
};

// Absent if the task is in no futex wait. Without a user side the kind is `unknown`, except for what the
// kernel itself defines (priority-inheriting mutexes hold the owner's id).
[[nodiscard]] std::optional<Lock> lock_of(const Task& task, CLibrary libc);

// For the end of a thread or process, which nobody holds.
[[nodiscard]] bool waits_for_end(LockKind kind);

// Somebody has it and somebody must give it back: mutex, plain lock, read-write lock; or must end.
[[nodiscard]] bool has_holder(LockKind kind);

[[nodiscard]] std::string_view name_of(LockKind kind);  // "mutex", "read-write lock", ...

}  // namespace wedged
