// SPDX-License-Identifier: Apache-2.0
// The layouts of locks in memory, per C library: from bytes to type and owner. Pure; reads nothing that was
// not handed in. Sources: glibc 2.36 sysdeps/nptl/bits/struct_mutex.h, struct_rwlock.h, nptl/pthreadP.h
// (unchanged since 2.25 on 64-bit); musl 1.2.3 src/internal/pthread_impl.h.
#pragma once

#include <cstdint>
#include <optional>

#include "observation/lock.h"

namespace wedged {

// The 32 bits at this address, if they were read.
[[nodiscard]] std::optional<std::uint32_t> word_at(const WordSurroundings& memory, std::uint64_t address);

// Whether the kernel could have given a thread this id.
[[nodiscard]] bool can_be_thread_id(std::uint32_t value);

// Each fills type, address, robust and either owner or no_owner_reason. `address` is that of the futex word.
void read_glibc_mutex(const WordSurroundings& memory, std::uint64_t address, Lock& lock);
void read_musl_mutex(const WordSurroundings& memory, std::uint64_t address, Lock& lock);
void read_glibc_rwlock(const WordSurroundings& memory, std::uint64_t address, Lock& lock);
// After glibc has given up on a mutex: the one priority-inheriting mutex among what the thread's registers
// and stack point to. Fills address, type and owner; leaves the lock as it is if there is none or more than
// one.
void find_glibc_pi_mutex(const std::vector<WordSurroundings>& pointed, Lock& lock);
// The addresses that may be it: values of registers and of the stack around the futex word.
[[nodiscard]] std::vector<std::uint64_t> pi_mutex_candidates(const Task& task);

// The kernel's own protocol, the same for all libraries: futex(2), "Priority-inheritance futexes".
void read_pi_word(const WordSurroundings& memory, std::uint64_t address, Lock& lock);

}  // namespace wedged
