// SPDX-License-Identifier: Apache-2.0
// CodeWalk: follows x86-64 code from where a frame stands, along every branch, to where it returns, and keeps
// count of the stack pointer and of the registers that are restored on the way. Reads memory only.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "inspector/address_space.h"
#include "inspector/memory.h"
#include "inspector/registers.h"
#include "inspector/x86_instruction.h"

namespace wedged {

class CodeWalk {
 public:
  // Both are kept by reference.
  CodeWalk(Memory& memory, const AddressSpace& space) : memory_(memory), space_(space) {}

  // The caller's registers. Absent: no way returns, or two return to different places.
  [[nodiscard]] std::optional<Registers> from(const Registers& frame);
  [[nodiscard]] bool halts() const { return halts_; }  // a way ends in hlt

 private:
  // Where one way through the code has got to.
  struct Way {
    std::uint64_t at = 0;
    std::uint64_t sp = 0;
    Registers registers;  // with what it restored
  };

  void follow_all(std::vector<Way>& ways);
  bool step(Way& way);
  bool go_on_after_call(const Way& way, const X86Instruction& call);
  [[nodiscard]] bool never_returns(std::uint64_t function, int depth);
  bool move_stack(Way& way, const X86Instruction& instruction);
  void load(Way& way, int machine_number, std::uint64_t from);
  void return_from(const Way& way, std::uint64_t dropped);

  Memory& memory_;
  const AddressSpace& space_;
  std::vector<Way> ways_;
  std::vector<Way> doubtful_;  // behind a call that may never come back: in the next function, perhaps
  // With the stack pointer: a wrong way may meet the right one.
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen_;
  std::optional<Registers> caller_;
  bool disagree_ = false;
  bool halts_ = false;
};

}  // namespace wedged
