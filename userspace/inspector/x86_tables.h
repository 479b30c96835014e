// SPDX-License-Identifier: Apache-2.0
// What follows an x86-64 opcode, by the maps of the Intel SDM volume 2, appendix A. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wedged {

enum class X86Map { one_byte, two_byte, three_byte_38, three_byte_3a };  // of opcodes

// What prefixes say of the sizes of constants.
struct X86Sizes {
  bool wide = false;           // REX.W
  bool short_operand = false;  // 66
  bool short_address = false;  // 67
};

[[nodiscard]] bool is_known_x86(X86Map map, std::uint8_t opcode);

// Whether a ModRM byte follows: a register or an address.
[[nodiscard]] bool x86_has_operand(X86Map map, std::uint8_t opcode);

// In bytes. `reg` is part of the opcode of some.
[[nodiscard]] std::size_t x86_constant_size(X86Map map, std::uint8_t opcode, int reg, const X86Sizes& sizes);

}  // namespace wedged
