// SPDX-License-Identifier: Apache-2.0
#include "observation/kernel_lock.h"

#include <array>

namespace wedged {
namespace {

// kernel/locking/rwsem.c: a writer has bit 0 of the count, readers are counted from bit 8 on; bit 0 of the
// owner field says that it is a reader's, and then it names the last that came, who may have gone.
constexpr std::uint64_t writer_has_it = 1;
constexpr unsigned reader_shift = 8;
constexpr std::uint64_t greatest_readers = (std::uint64_t{1} << 54U) - 1;

struct Waiting {
  std::string_view function;
  KernelLockKind kind;
};

// By the beginning of the function's name; the longer ones first.
constexpr std::array waiting_functions{Waiting{"__mutex_lock", KernelLockKind::mutex},
                                       Waiting{"mutex_lock", KernelLockKind::mutex},
                                       Waiting{"__ww_mutex_lock", KernelLockKind::mutex},
                                       Waiting{"ww_mutex_lock", KernelLockKind::mutex},
                                       Waiting{"rwsem_down_read", KernelLockKind::rwsem_read},
                                       Waiting{"__down_read", KernelLockKind::rwsem_read},
                                       Waiting{"down_read", KernelLockKind::rwsem_read},
                                       Waiting{"rwsem_down_write", KernelLockKind::rwsem_write},
                                       Waiting{"__down_write", KernelLockKind::rwsem_write},
                                       Waiting{"down_write", KernelLockKind::rwsem_write},
                                       Waiting{"___down", KernelLockKind::semaphore},
                                       Waiting{"__down", KernelLockKind::semaphore},
                                       Waiting{"down", KernelLockKind::semaphore}};

std::optional<KernelLockKind> kind_by_function(std::string_view function) {
  for (const auto& known : waiting_functions) {
    if (function.substr(0, known.function.size()) == known.function) return known.kind;
  }
  return std::nullopt;
}

// Where the functions tell different kinds, a call of before has left its mark on the stack, and nobody can
// tell.
std::optional<KernelLockKind> kind_by_functions(const std::vector<std::string>& functions) {
  std::optional<KernelLockKind> kind;
  for (const auto& function : functions) {
    const auto told = kind_by_function(function);
    if (told && kind && *kind != *told) return std::nullopt;
    if (told) kind = told;
  }
  return kind;
}

// include/linux/hung_task.h: the kind is in the low two bits of the address.
std::optional<KernelLockKind> kind_by_blocker(std::uint64_t blocker) {
  constexpr std::array kinds{KernelLockKind::mutex, KernelLockKind::semaphore, KernelLockKind::rwsem_read,
                             KernelLockKind::rwsem_write};
  if (blocker == 0) return std::nullopt;
  return kinds[blocker & 3U];
}

void take_owner(const LockGuess& guess, KernelLock& lock) {
  lock.address = guess.lock;
  if (guess.owner == 0) return;
  lock.owner_address = guess.owner;
  lock.owner = guess.owner_id;
}

void take_rwsem(const LockGuess& guess, KernelLock& lock) {
  lock.address = guess.lock;
  if ((guess.flags & writer_has_it) != 0) {
    take_owner(guess, lock);
  } else {
    lock.readers = static_cast<unsigned>((guess.flags >> reader_shift) & greatest_readers);
  }
}

}  // namespace

std::optional<KernelLock> kernel_lock_of(const KernelWait& wait) {
  KernelLock lock;
  if (wait.rt_mutex.lock != 0) {
    lock.kind = KernelLockKind::rt_mutex;
    take_owner(wait.rt_mutex, lock);
    return lock;
  }
  const auto by_blocker = kind_by_blocker(wait.blocker);
  const auto kind = by_blocker ? by_blocker : kind_by_functions(wait.functions);
  if (!kind || wait.waiters == 0) return std::nullopt;
  lock.kind = *kind;
  lock.address = wait.waiters;
  if (*kind == KernelLockKind::mutex) take_owner(wait.mutex, lock);
  if (*kind == KernelLockKind::rwsem_read || *kind == KernelLockKind::rwsem_write)
    take_rwsem(wait.rwsem, lock);
  return lock;
}

std::string_view name_of(KernelLockKind kind) {
  switch (kind) {
    case KernelLockKind::mutex: return "kernel mutex";
    case KernelLockKind::rwsem_read: return "kernel rw_semaphore (to read)";
    case KernelLockKind::rwsem_write: return "kernel rw_semaphore (to write)";
    case KernelLockKind::rt_mutex: return "kernel rt_mutex";
    case KernelLockKind::semaphore: return "kernel semaphore";
  }
  return "kernel lock";
}

}  // namespace wedged
