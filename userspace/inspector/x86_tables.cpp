// SPDX-License-Identifier: Apache-2.0
#include "inspector/x86_tables.h"

namespace wedged {
namespace {

bool between(std::uint8_t value, int first, int last) {
  return value >= first && value <= last;
}

bool one_byte_has_operand(std::uint8_t op) {
  if (op < 0x40) return (op & 7) < 4;
  return op == 0x63 || op == 0x69 || op == 0x6B || between(op, 0x80, 0x8F) || op == 0xC0 || op == 0xC1 ||
         op == 0xC6 || op == 0xC7 || between(op, 0xD0, 0xD3) || between(op, 0xD8, 0xDF) || op == 0xF6 ||
         op == 0xF7 || op >= 0xFE;
}

bool two_byte_has_operand(std::uint8_t op) {
  const bool without = between(op, 0x04, 0x0C) || op == 0x0E || op == 0x0F || between(op, 0x30, 0x3F) ||
                       op == 0x77 || between(op, 0x80, 0x8F) || between(op, 0xA0, 0xA2) ||
                       between(op, 0xA8, 0xAA) || between(op, 0xC8, 0xCF);
  return !without;
}

std::size_t constant_of_one_byte(std::uint8_t op, int reg, const X86Sizes& sizes) {
  const std::size_t full = sizes.short_operand ? 2 : 4;
  if (op < 0x40) return (op & 7) == 4 ? 1 : (op & 7) == 5 ? full : 0;
  if (between(op, 0xB8, 0xBF)) return sizes.wide ? 8 : full;
  if (between(op, 0xA0, 0xA3)) return sizes.short_address ? 4 : 8;
  if (op == 0xE8 || op == 0xE9) return 4;
  if (op == 0xC2 || op == 0xCA) return 2;
  if (op == 0xC8) return 3;
  if (op == 0xF6) return (reg & 7) < 2 ? 1 : 0;
  if (op == 0xF7) return (reg & 7) < 2 ? full : 0;
  if (op == 0x68 || op == 0x69 || op == 0x81 || op == 0xA9 || op == 0xC7) return full;
  const bool one = op == 0x6A || op == 0x6B || between(op, 0x70, 0x7F) || op == 0x80 || op == 0x83 ||
                   op == 0xA8 || between(op, 0xB0, 0xB7) || op == 0xC0 || op == 0xC1 || op == 0xC6 ||
                   op == 0xCD || between(op, 0xE0, 0xE7) || op == 0xEB;
  return one ? 1 : 0;
}

std::size_t constant_of_two_byte(std::uint8_t op) {
  if (between(op, 0x80, 0x8F)) return 4;
  const bool one = between(op, 0x70, 0x73) || op == 0xA4 || op == 0xAC || op == 0xBA || op == 0xC2 ||
                   between(op, 0xC4, 0xC6);
  return one ? 1 : 0;
}

}  // namespace

bool is_known_x86(X86Map map, std::uint8_t opcode) {
  const std::uint8_t op = opcode;
  if (map == X86Map::one_byte) {
    const bool gone_in_64_bit = (op < 0x40 && (op & 7) >= 6) || op == 0x60 || op == 0x61 || op == 0x82 ||
                                op == 0x9A || op == 0xCE || between(op, 0xD4, 0xD6) || op == 0xEA;
    return !gone_in_64_bit;
  }
  return map != X86Map::two_byte || !(op == 0x04 || op == 0x0A || op == 0x0C || op == 0x0F);
}

bool x86_has_operand(X86Map map, std::uint8_t opcode) {
  if (map == X86Map::one_byte) return one_byte_has_operand(opcode);
  return map != X86Map::two_byte || two_byte_has_operand(opcode);
}

std::size_t x86_constant_size(X86Map map, std::uint8_t opcode, int reg, const X86Sizes& sizes) {
  switch (map) {
    case X86Map::one_byte: return constant_of_one_byte(opcode, reg, sizes);
    case X86Map::two_byte: return constant_of_two_byte(opcode);
    case X86Map::three_byte_38: return 0;
    case X86Map::three_byte_3a: return 1;
  }
  return 0;
}

}  // namespace wedged
