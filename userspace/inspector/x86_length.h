// SPDX-License-Identifier: Apache-2.0
// The parts of one x86-64 instruction: where its opcode, operands and constants are, and how long it is.
// Pure. Knows nothing of what it does. Source: Intel SDM volume 2, appendix A.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "inspector/x86_tables.h"

namespace wedged {

struct X86Parts {
  std::size_t length = 0;  // 0: unknown or cut off
  X86Map map = X86Map::one_byte;
  std::uint8_t opcode = 0;
  bool vector = false;   // by a VEX or EVEX prefix
  bool wide = false;     // REX.W
  int mod = 0;           // 3: the operand is a register
  int reg = 0;           // 0 to 15; also part of the opcode of some
  int rm = 0;            // 0 to 15: the register, or the base of the address
  bool indexed = false;  // the address has an index, or no base
  std::int64_t displacement = 0;
  std::int64_t constant = 0;
};

[[nodiscard]] X86Parts parts_of_x86(std::span<const std::uint8_t> bytes);

}  // namespace wedged
