// SPDX-License-Identifier: Apache-2.0
#include "inspector/code_step.h"

#include <array>

#include "inspector/code_pieces.h"
#include "inspector/code_walk.h"

namespace wedged {
namespace {

// The registers at the signal are in the frame that the kernel made for the handler: struct ucontext begins
// with flags, link and the alternate stack, 40 bytes, then come r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx,
// rsp, rip.
CodeStep step_over_signal(Memory& memory, const Registers& frame) {
  constexpr std::uint64_t to_registers = 40;
  constexpr std::array<std::size_t, 17> order = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16};
  Registers interrupted;
  std::uint64_t at = frame.sp() + to_registers;
  for (const std::size_t number : order) {
    const auto word = memory.word(at);
    if (!word) return {};
    interrupted.values[number] = *word;
    interrupted.known.set(number);
    at += sizeof(*word);
  }
  return {interrupted, true, false};
}

constexpr bool knows_this_machine =
#if defined(__x86_64__)
    true;
#else
    false;
#endif

}  // namespace

CodeStep step_by_code(Memory& memory, const AddressSpace& space, const Registers& frame) {
  if (!knows_this_machine) return {};
  if (is_signal_return(memory, frame.pc())) return step_over_signal(memory, frame);
  CodeWalk walk(memory, space);
  CodeStep step;
  step.caller = walk.from(frame);
  step.outermost = !step.caller && (walk.halts() || hands_result_on(memory, frame.pc()));
  return step;
}

}  // namespace wedged
