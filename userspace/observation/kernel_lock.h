// SPDX-License-Identifier: Apache-2.0
// The lock of the kernel that a thread sleeps for, and who holds it, as the lock itself says. Values only.
// Sources: kernel/locking/mutex.c (owner, low three bits are flags), rwsem.c (owner of a writer; of readers
// the last that came, which may be gone), semaphore.c (nobody owns one), rtmutex.c.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "observation/task_id.h"

namespace wedged {

enum class KernelLockKind {
  mutex,
  rwsem_read,   // rw_semaphore, wanted by a reader
  rwsem_write,  // the same, wanted by a writer
  rt_mutex,
  semaphore,
};

enum class KernelHolder {
  unknown,  // the lock does not say: readers, semaphores; or it could not be made sure of
  known,    // KernelLock::owner exists
  gone,     // the owner it names is no task any more
};

struct KernelLock {
  KernelLockKind kind = KernelLockKind::mutex;
  std::uint64_t address = 0;  // of the lock, or of its list of waiters; equal for all who wait for it
  KernelHolder holder = KernelHolder::unknown;
  std::uint64_t owner_address = 0;  // as in Task::address; 0: it names none
  std::optional<TaskId> owner;      // for `known`
  unsigned readers = 0;             // that hold an rw_semaphore; 0: none, or not known

  bool operator==(const KernelLock&) const = default;
};

// A lock read as if it were of one kind. Addresses are identities only.
struct LockGuess {
  std::uint64_t lock = 0;   // 0: it cannot be of that kind
  std::uint64_t owner = 0;  // without flags; 0: none
  std::uint64_t flags = 0;  // mutex: low bits of the owner field; rw_semaphore: its count
  TaskId owner_id;          // as the memory there says, whether or not it still is a task
};

// What the kernel side saw of a thread in D state that is in some lock's list of waiters.
struct KernelWait {
  std::uint64_t blocker = 0;  // task->blocker: address and kind of the lock; 0: the kernel does not say
  std::uint64_t waiters = 0;  // address of that list; 0: it is in none
  LockGuess mutex, rwsem, rt_mutex;
  std::vector<std::string> functions;  // of the kernel; the one that has put it there is among them:
                                       // "__mutex_lock.constprop.0+0x10/0x20"
};

// The lock, its kind told by the kernel itself or by the function that waits; absent where neither does. An
// owner is named (owner_address, owner) but not yet known to exist: `holder` is `unknown`.
[[nodiscard]] std::optional<KernelLock> kernel_lock_of(const KernelWait& wait);

// "kernel mutex", "kernel rw_semaphore (to read)", ...
[[nodiscard]] std::string_view name_of(KernelLockKind kind);

}  // namespace wedged
