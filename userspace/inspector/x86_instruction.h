// SPDX-License-Identifier: Apache-2.0
// What one instruction of x86-64 does to the stack pointer and to where execution goes on; all else it may do
// is left out. Pure. Source: Intel SDM volume 2, appendix A.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wedged {

enum class X86Effect {
  none,    // on neither
  call,    // comes back
  jump,    // to `target`
  branch,  // to `target`, or on
  ret,     // drops `amount` bytes beyond the return address
  end,     // nothing can be said: an indirect jump, a trap, an unknown instruction or an odd stack pointer
  push,
  pop,         // into `reg`, if that is a register
  add,         // `amount` to the stack pointer
  from_base,   // the stack pointer becomes the base pointer plus `amount`
  leave,       // the same with 0, then pops the base pointer
  load_stack,  // into `reg`, from the stack pointer plus `amount`
  load_base,   // into `reg`, from the base pointer plus `amount`
};

struct X86Instruction {
  std::size_t length = 0;  // 0: unknown
  X86Effect effect = X86Effect::end;
  int reg = -1;  // as the machine numbers them: 0 rax, 1 rcx, 2 rdx, 3 rbx, 4 rsp, 5 rbp, ...
  std::int64_t amount = 0;
  std::int64_t target = 0;  // from the instruction's end
};

// The first of `bytes`, of which 15 are always enough.
[[nodiscard]] X86Instruction decode_x86(std::span<const std::uint8_t> bytes);

}  // namespace wedged
