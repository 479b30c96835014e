// SPDX-License-Identifier: Apache-2.0
#include "observation/lock.h"

#include "observation/futex.h"
#include "observation/lock_functions.h"
#include "observation/lock_layouts.h"

namespace wedged {
namespace {

constexpr std::uint32_t locked_with_waiters = 2;  // glibc nptl/lowlevellock.c

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The library that the innermost frame lies in says it as well as the process's list of libraries does.
CLibrary library_of(const LockFunction& function, CLibrary libc) {
  if (libc != CLibrary::unknown) return libc;
  if (contains(function.module, "ld-musl") || contains(function.module, "libc.musl")) return CLibrary::musl;
  return is_glibc(function.module) ? CLibrary::glibc : CLibrary::unknown;
}

// A condition's waiter that was woken takes its mutex back before it returns: a lock's wait inside a
// condition's.
LockKind kind_of(const LockFunction& function, const FutexWait& wait, CLibrary libc) {
  const bool takes_a_lock = !wait.bitset && wait.expected == locked_with_waiters;
  if (!function.kind)
    return takes_a_lock && function.in_low_level_lock ? LockKind::plain_lock : LockKind::unknown;
  if (*function.kind == LockKind::condition && takes_a_lock && libc == CLibrary::glibc)
    return LockKind::mutex;
  return *function.kind;
}

// After ESRCH or EDEADLK from FUTEX_LOCK_PI glibc sleeps for ever on a zero on its own stack
// (nptl/pthread_mutex_lock.c, "Delay the thread indefinitely").
bool glibc_gave_up(const FutexWait& wait, LockKind kind, CLibrary libc, const Task& task) {
  if (libc != CLibrary::glibc || kind != LockKind::mutex || !wait.bitset || wait.expected != 0) return false;
  constexpr std::uint64_t near = 1024;
  const auto stack = task.registers ? task.registers->stack_pointer : 0;
  return stack != 0 && wait.address >= stack && wait.address - stack < near;
}

void read_layout(const WordSurroundings& memory, const FutexWait& wait, CLibrary libc, Lock& lock) {
  lock.owner_may_be_elsewhere = !wait.process_private;
  if (lock.kind == LockKind::mutex && libc == CLibrary::glibc) {
    read_glibc_mutex(memory, wait.address, lock);
  } else if (lock.kind == LockKind::mutex && libc == CLibrary::musl) {
    read_musl_mutex(memory, wait.address, lock);
  } else if (lock.kind == LockKind::rwlock && libc == CLibrary::glibc) {
    read_glibc_rwlock(memory, wait.address, lock);
  } else {
    lock.no_owner_reason = "the layout of this C library's locks is not known";
  }
}

// The kernel clears the id when the thread has ended, and wakes who waits for it: clone(2),
// CLONE_CHILD_CLEARTID.
void read_join(const FutexWait& wait, CLibrary libc, Lock& lock) {
  lock.type = "end of another thread";
  if (libc == CLibrary::glibc && can_be_thread_id(wait.expected)) {
    lock.owner = static_cast<int>(wait.expected);
  } else {
    lock.no_owner_reason = "this C library does not tell which thread is waited for";
  }
}

void read_plain_lock(const LockFunction& function, Lock& lock) {
  const bool rust = function.kind == LockKind::plain_lock;
  lock.type = rust ? "lock of Rust" : "plain lock";
  lock.no_owner_reason = std::string("such a lock has no owner field");
}

void read_owner(const UserSide& side, const FutexWait& wait, const LockFunction& function, CLibrary libc,
                Lock& lock) {
  switch (lock.kind) {
    case LockKind::mutex:
    case LockKind::rwlock:
      lock.type = std::string(name_of(lock.kind));
      if (side.word) {
        read_layout(*side.word, wait, libc, lock);
      } else {
        lock.no_owner_reason = "its memory could not be read";
      }
      break;
    case LockKind::join: read_join(wait, libc, lock); break;
    case LockKind::plain_lock: read_plain_lock(function, lock); break;
    case LockKind::gave_up:
      lock.type = "priority-inheriting mutex";
      lock.no_owner_reason = "the C library has given up on it: its owner is dead or the waiter itself";
      find_glibc_pi_mutex(side.pointed, lock);
      break;
    default: lock.type = std::string(name_of(lock.kind)); break;
  }
}

Lock from_wait(const FutexWait& wait) {
  Lock lock;
  lock.address = wait.address;
  lock.process_private = wait.process_private;
  lock.has_timeout = wait.has_timeout;
  return lock;
}

Lock pi_lock(const FutexWait& wait, const Task& task) {
  Lock lock = from_wait(wait);
  lock.kind = LockKind::mutex;
  lock.type = "priority-inheriting mutex";
  lock.layout_certain = true;
  if (task.user_side && task.user_side->word) {
    read_pi_word(*task.user_side->word, wait.address, lock);
  } else {
    lock.no_owner_reason = "its memory could not be read";
  }
  if (task.user_side) {
    if (const auto function = lock_function(task.user_side->stack)) lock.function = function->name;
  }
  return lock;
}

}  // namespace

std::optional<Lock> lock_of(const Task& task, CLibrary libc) {
  const auto wait = task.call ? futex_wait_of(*task.call) : std::nullopt;
  if (!wait) return std::nullopt;
  if (wait->operation == FutexOperation::lock_pi) return pi_lock(*wait, task);
  Lock lock = from_wait(*wait);
  const auto function = task.user_side ? lock_function(task.user_side->stack) : std::optional<LockFunction>{};
  if (!function) {
    lock.type = std::string(name_of(lock.kind));
    lock.no_owner_reason =
        task.user_side ? "the function it waits in is not known" : "its user side was not read";
    return lock;
  }
  const auto library = library_of(*function, libc);
  lock.function = function->name;
  lock.kind = kind_of(*function, *wait, library);
  if (glibc_gave_up(*wait, lock.kind, library, task)) lock.kind = LockKind::gave_up;
  lock.layout_certain = lock.kind != LockKind::unknown;
  read_owner(*task.user_side, *wait, *function, library, lock);
  return lock;
}

bool has_holder(LockKind kind) {
  return kind == LockKind::mutex || kind == LockKind::plain_lock || kind == LockKind::rwlock ||
         waits_for_end(kind) || kind == LockKind::gave_up || kind == LockKind::kernel;
}

bool waits_for_end(LockKind kind) {
  return kind == LockKind::join || kind == LockKind::process;
}

std::string_view name_of(LockKind kind) {
  switch (kind) {
    case LockKind::mutex: return "mutex";
    case LockKind::plain_lock: return "plain lock";
    case LockKind::rwlock: return "read-write lock";
    case LockKind::join: return "end of another thread";
    case LockKind::process: return "end of another process";
    case LockKind::kernel: return "kernel lock";
    case LockKind::condition: return "condition variable";
    case LockKind::semaphore: return "semaphore";
    case LockKind::barrier: return "barrier";
    case LockKind::once: return "one-time initialisation";
    case LockKind::gave_up: return "impossible lock";
    case LockKind::unknown: return "futex";
  }
  return "futex";
}

}  // namespace wedged
