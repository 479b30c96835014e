// SPDX-License-Identifier: Apache-2.0
// Pieces of x86-64 code that tell where in a stack one stands. Reads memory only. On other machines nothing
// is recognised.
#pragma once

#include <cstdint>
#include <optional>

#include "inspector/memory.h"
#include "inspector/x86_instruction.h"

namespace wedged {

// The instruction at an address; its length is 0 if it is unknown or cannot be read.
[[nodiscard]] X86Instruction instruction_at(Memory& memory, std::uint64_t address);

// Whether the instruction before `address` is a call, as it is for every return address but a signal's.
[[nodiscard]] bool follows_call(Memory& memory, std::uint64_t address);

// What a signal handler returns to: mov $15, %eax or %rax; syscall (rt_sigreturn).
[[nodiscard]] bool is_signal_return(Memory& memory, std::uint64_t address);

// The start code's exit(main(...)) or pthread_exit(start(...)), after which nothing comes.
[[nodiscard]] bool hands_result_on(Memory& memory, std::uint64_t address);

// hlt: no user program may. Start code ends with it after its last system call, musl's abort does it.
[[nodiscard]] bool halts(Memory& memory, std::uint64_t address);

// What compilers fill the room before the next function or loop with: nop of any length, int3.
[[nodiscard]] bool is_padding(Memory& memory, std::uint64_t address);

}  // namespace wedged
