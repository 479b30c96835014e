// SPDX-License-Identifier: Apache-2.0
#include "observation/lock_functions.h"

#include <algorithm>
#include <array>

namespace wedged {
namespace {

struct Entry {
  std::string_view name;
  LockKind kind;
};

// Without leading underscores: glibc's exported names have up to three, and which of them a stack shows
// depends on the symbol table at hand.
constexpr std::array entries{
    Entry{"pthread_mutex_lock", LockKind::mutex},
    Entry{"pthread_mutex_lock_full", LockKind::mutex},
    Entry{"pthread_mutex_timedlock", LockKind::mutex},
    Entry{"pthread_mutex_clocklock", LockKind::mutex},
    Entry{"pthread_mutex_cond_lock", LockKind::mutex},
    Entry{"pthread_mutex_cond_lock_full", LockKind::mutex},
    Entry{"mtx_lock", LockKind::mutex},
    Entry{"mtx_timedlock", LockKind::mutex},
    Entry{"pthread_rwlock_rdlock", LockKind::rwlock},
    Entry{"pthread_rwlock_wrlock", LockKind::rwlock},
    Entry{"pthread_rwlock_timedrdlock", LockKind::rwlock},
    Entry{"pthread_rwlock_timedwrlock", LockKind::rwlock},
    Entry{"pthread_rwlock_clockrdlock", LockKind::rwlock},
    Entry{"pthread_rwlock_clockwrlock", LockKind::rwlock},
    Entry{"pthread_cond_wait", LockKind::condition},
    Entry{"pthread_cond_timedwait", LockKind::condition},
    Entry{"pthread_cond_clockwait", LockKind::condition},
    Entry{"pthread_cond_wait_common", LockKind::condition},
    Entry{"cnd_wait", LockKind::condition},
    Entry{"cnd_timedwait", LockKind::condition},
    Entry{"sem_wait", LockKind::semaphore},
    Entry{"sem_timedwait", LockKind::semaphore},
    Entry{"sem_clockwait", LockKind::semaphore},
    Entry{"new_sem_wait", LockKind::semaphore},
    Entry{"new_sem_wait_slow64", LockKind::semaphore},
    Entry{"pthread_join", LockKind::join},
    Entry{"pthread_timedjoin_np", LockKind::join},
    Entry{"pthread_clockjoin_np", LockKind::join},
    Entry{"pthread_clockjoin_ex", LockKind::join},
    Entry{"pthread_timedjoin_ex", LockKind::join},
    Entry{"thrd_join", LockKind::join},
    Entry{"pthread_barrier_wait", LockKind::barrier},
    Entry{"pthread_once", LockKind::once},
    Entry{"pthread_once_slow", LockKind::once},
    Entry{"call_once", LockKind::once},
};

// What lies between the system call and the function that says what is waited for.
constexpr std::array plumbing{
    std::string_view{"syscall"},
    std::string_view{"lll_lock_wait"},
    std::string_view{"lll_lock_wait_private"},
    std::string_view{"lll_wait_tid"},
    std::string_view{"syscall_cp"},
    std::string_view{"syscall_cp_asm"},
    std::string_view{"syscall_cp_c"},
    std::string_view{"cp_end"},
    std::string_view{"timedwait"},
    std::string_view{"timedwait_cp"},
    std::string_view{"wait"},
    std::string_view{"internal_syscall_cancel"},
    std::string_view{"syscall_cancel"},
    std::string_view{"syscall_cancel_arch"},
    std::string_view{"syscall_cancel_arch_end"},
};

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::string_view without_underscores(std::string_view name) {
  const auto first = name.find_first_not_of('_');
  return first == std::string_view::npos ? std::string_view{} : name.substr(first);
}

// "name@@GLIBC_2.34", "name.part.0", "__GI___name" (glibc's hidden alias, seen with its debug symbols): the
// name.
std::string_view bare(std::string_view name) {
  name = without_underscores(name.substr(0, name.find_first_of("@.")));
  return starts_with(name, "GI_") ? without_underscores(name.substr(3)) : name;
}

bool is_plumbing(std::string_view name) {
  if (starts_with(name, "futex_")) return true;
  return std::find(plumbing.begin(), plumbing.end(), name) != plumbing.end();
}

std::optional<LockKind> kind_of(std::string_view name) {
  const auto* const found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.name == name; });
  if (found != entries.end()) return found->kind;
  if (starts_with(name, "new_sem_wait")) return LockKind::semaphore;
  return std::nullopt;
}

// std::sys::...::futex::Mutex::lock_contended and the like, parking_lot::raw_mutex and raw_rwlock: words of a
// few states, nobody's name in them. parking_lot's conditions and parked threads are no locks.
bool is_rust_lock(const std::string& function) {
  constexpr std::array<std::string_view, 4> parts{"::lock_contended", "::read_contended", "::write_contended",
                                                  "parking_lot::raw_"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return function.find(part) != std::string::npos; });
}

bool is_rust_plumbing(const std::string& function) {
  return function.find("::futex_wait") != std::string::npos ||
         function.find("::futex::futex") != std::string::npos;
}

// Not syscall(2), through which a program may wait for any word of its own. The function has no exported
// name: without debug symbols it is a frame of glibc without one.
bool waits_as_glibc_locks_do(const UserFrame& innermost) {
  const auto name = bare(innermost.function);
  if (name.empty()) return is_glibc(innermost.module);
  return starts_with(name, "lll_lock_wait");
}

bool is_c_library(const std::string& module) {
  constexpr std::array parts{std::string_view{"/ld-musl"}, std::string_view{"/libc.musl"},
                             std::string_view{"-musl/libc.so"}};
  return is_glibc(module) || std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
           return module.find(part) != std::string::npos;
         });
}

// A program's own function may have the name of one of the C library. Where that is within the program no
// frame is in a file of the library.
bool may_be_of_c_library(const UserFrame& frame, const std::vector<UserFrame>& stack) {
  return is_c_library(frame.module) || std::none_of(stack.begin(), stack.end(), [](const UserFrame& other) {
           return is_c_library(other.module);
         });
}

std::optional<LockKind> kind_of(const UserFrame& frame, const std::vector<UserFrame>& stack) {
  if (is_rust_lock(frame.function)) return LockKind::plain_lock;
  return may_be_of_c_library(frame, stack) ? kind_of(bare(frame.function)) : std::nullopt;
}

}  // namespace

bool is_glibc(const std::string& module) {
  constexpr std::array parts{std::string_view{"/libc.so.6"}, std::string_view{"/libpthread"},
                             std::string_view{"/libc-2."}, std::string_view{"/libpthread-2."}};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return module.find(part) != std::string::npos; });
}

std::optional<LockFunction> lock_function(const std::vector<UserFrame>& stack) {
  for (const auto& frame : stack) {
    const auto name = bare(frame.function);
    if (name.empty() || is_plumbing(name) || is_rust_plumbing(frame.function)) continue;
    return LockFunction{frame.function, frame.module, waits_as_glibc_locks_do(stack.front()),
                        kind_of(frame, stack)};
  }
  return std::nullopt;
}

}  // namespace wedged
