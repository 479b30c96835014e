// SPDX-License-Identifier: Apache-2.0
#include "inspector/x86_instruction.h"

#include "inspector/x86_length.h"

namespace wedged {
namespace {

constexpr int rsp = 4;
constexpr int rbp = 5;

X86Instruction with(const X86Parts& parts, X86Effect effect, int reg = -1, std::int64_t amount = 0) {
  return {parts.length, effect, reg, amount, parts.constant};
}

// 80 to 83 with a register: add, or, adc, sbb, and, sub, xor, cmp of a constant.
X86Instruction arithmetic(const X86Parts& parts) {
  if (parts.mod != 3 || parts.rm != rsp || (parts.reg & 7) == 7) return with(parts, X86Effect::none);
  if ((parts.reg & 7) == 0) return with(parts, X86Effect::add, -1, parts.constant);
  if ((parts.reg & 7) == 5) return with(parts, X86Effect::add, -1, -parts.constant);
  return with(parts, X86Effect::end);
}

X86Instruction load(const X86Parts& parts) {
  if (parts.mod == 3) {
    if (parts.reg != rsp) return with(parts, X86Effect::none);
    return parts.rm == rbp ? with(parts, X86Effect::from_base) : with(parts, X86Effect::end);
  }
  if (parts.reg == rsp) return with(parts, X86Effect::end);
  if (!parts.wide || parts.indexed) return with(parts, X86Effect::none);
  if (parts.rm == rsp) return with(parts, X86Effect::load_stack, parts.reg, parts.displacement);
  if (parts.rm == rbp) return with(parts, X86Effect::load_base, parts.reg, parts.displacement);
  return with(parts, X86Effect::none);
}

X86Instruction store(const X86Parts& parts) {
  if (parts.mod != 3 || parts.rm != rsp) return with(parts, X86Effect::none);
  return parts.reg == rbp ? with(parts, X86Effect::from_base) : with(parts, X86Effect::end);
}

X86Instruction address(const X86Parts& parts) {
  if (parts.reg != rsp) return with(parts, X86Effect::none);
  if (parts.indexed) return with(parts, X86Effect::end);
  if (parts.rm == rsp) return with(parts, X86Effect::add, -1, parts.displacement);
  if (parts.rm == rbp) return with(parts, X86Effect::from_base, -1, parts.displacement);
  return with(parts, X86Effect::end);
}

X86Instruction group_5(const X86Parts& parts) {
  switch (parts.reg & 7) {
    case 2: return with(parts, X86Effect::call);
    case 6: return with(parts, X86Effect::push);
    case 0:
    case 1: return with(parts, parts.mod == 3 && parts.rm == rsp ? X86Effect::end : X86Effect::none);
    default: return with(parts, X86Effect::end);
  }
}

// Arithmetic between registers, of which `rsp` may be the one that changes.
X86Instruction two_registers(const X86Parts& parts) {
  const bool compares = parts.opcode >= 0x38;
  const bool to_rm = (parts.opcode & 2) == 0;
  const bool changes_rsp = to_rm ? parts.mod == 3 && parts.rm == rsp : parts.reg == rsp;
  const bool of_bytes = (parts.opcode & 1) == 0;  // register 4 is ah or spl then
  return with(parts, changes_rsp && !compares && !of_bytes ? X86Effect::end : X86Effect::none);
}

X86Instruction pop(const X86Parts& parts) {
  return parts.rm == rsp ? with(parts, X86Effect::end) : with(parts, X86Effect::pop, parts.rm);
}

X86Instruction one_byte(const X86Parts& parts) {
  const int op = parts.opcode;
  if (op < 0x40 && (op & 7) < 4) return two_registers(parts);
  if (op >= 0x50 && op <= 0x57) return with(parts, X86Effect::push);
  if (op >= 0x58 && op <= 0x5F) return pop(parts);
  if ((op >= 0x70 && op <= 0x7F) || (op >= 0xE0 && op <= 0xE3)) return with(parts, X86Effect::branch);
  switch (op) {
    case 0x68:
    case 0x6A:
    case 0x9C: return with(parts, X86Effect::push);
    case 0x81:
    case 0x83: return arithmetic(parts);
    case 0x89: return store(parts);
    case 0x8B: return load(parts);
    case 0x8D: return address(parts);
    case 0x8F:
    case 0x9D: return with(parts, X86Effect::pop);
    case 0xC2: return with(parts, X86Effect::ret, -1, parts.constant & 0xFFFF);
    case 0xC3: return with(parts, X86Effect::ret);
    case 0xC9: return with(parts, X86Effect::leave);
    case 0xE8: return with(parts, X86Effect::call);
    case 0xE9:
    case 0xEB: return with(parts, X86Effect::jump);
    case 0xFF: return group_5(parts);
    case 0x87: return with(parts, parts.reg == rsp || parts.rm == rsp ? X86Effect::end : X86Effect::none);
    case 0x94:
    case 0xBC: return with(parts, parts.rm == rsp ? X86Effect::end : X86Effect::none);
    case 0xC8:  // enter
    case 0xCA:  // far return
    case 0xCB:
    case 0xCC:                                      // int3
    case 0xCF:                                      // iret
    case 0xF1:                                      // int1
    case 0xF4: return with(parts, X86Effect::end);  // hlt
    default: return with(parts, X86Effect::none);
  }
}

X86Instruction two_byte(const X86Parts& parts) {
  const int op = parts.opcode;
  if (op >= 0x80 && op <= 0x8F) return with(parts, X86Effect::branch);
  if (op == 0xA0 || op == 0xA8) return with(parts, X86Effect::push);
  if (op == 0xA1 || op == 0xA9) return with(parts, X86Effect::pop);
  const bool conditional_move = op >= 0x40 && op <= 0x4F;
  const bool trap = op == 0x0B || op == 0xB9 || op == 0xFF;
  return with(parts, trap || (conditional_move && parts.reg == rsp) ? X86Effect::end : X86Effect::none);
}

}  // namespace

X86Instruction decode_x86(std::span<const std::uint8_t> bytes) {
  const X86Parts parts = parts_of_x86(bytes);
  if (parts.length == 0) return {};
  if (parts.vector) return with(parts, X86Effect::none);
  if (parts.map == X86Map::one_byte) return one_byte(parts);
  if (parts.map == X86Map::two_byte) return two_byte(parts);
  return with(parts, X86Effect::none);
}

}  // namespace wedged
