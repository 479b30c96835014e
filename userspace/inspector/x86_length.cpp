// SPDX-License-Identifier: Apache-2.0
#include "inspector/x86_length.h"

#include <cstring>

#include "inspector/x86_tables.h"

namespace wedged {
namespace {

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::uint8_t peek() const { return at_ < bytes_.size() ? bytes_[at_] : 0; }
  std::uint8_t byte() {
    const std::uint8_t value = peek();
    ++at_;
    return value;
  }
  std::int64_t number(std::size_t size) {
    std::int64_t value = 0;
    const bool whole = at_ + size <= bytes_.size();
    if (whole) std::memcpy(&value, bytes_.data() + at_, size);
    at_ += size;
    if (size == 0 || size == 8) return value;
    const auto unused = static_cast<int>(64 - 8 * size);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << unused) >> unused;
  }
  [[nodiscard]] std::size_t length() const { return at_ <= bytes_.size() ? at_ : 0; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

struct Prefixes {
  bool short_operand = false;  // 66
  bool short_address = false;  // 67
  bool wide = false;
  int reg_high = 0, rm_high = 0, index_high = 0;  // 0 or 8

  void take_rex(unsigned bits) {
    wide = (bits & 8) != 0;
    reg_high = (bits & 4) != 0 ? 8 : 0;
    index_high = (bits & 2) != 0 ? 8 : 0;
    rm_high = (bits & 1) != 0 ? 8 : 0;
  }
};

bool is_legacy_prefix(std::uint8_t byte) {
  switch (byte) {
    case 0x26:
    case 0x2E:
    case 0x36:
    case 0x3E:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xF0:
    case 0xF2:
    case 0xF3: return true;
    default: return false;
  }
}

Prefixes take_prefixes(Reader& reader) {
  Prefixes prefixes;
  for (; is_legacy_prefix(reader.peek()); reader.byte()) {
    prefixes.short_operand |= reader.peek() == 0x66;
    prefixes.short_address |= reader.peek() == 0x67;
  }
  if ((reader.peek() & 0xF0) == 0x40) prefixes.take_rex(reader.byte());
  return prefixes;
}

// VEX of two bytes (C5) and of three (C4), EVEX (62). The bits of REX are stored inverted.
bool take_vector_prefix(Reader& reader, Prefixes& prefixes, X86Parts& parts) {
  const std::uint8_t first = reader.byte();
  const std::uint8_t second = reader.byte();
  unsigned map = 1;
  if (first == 0xC5) {
    prefixes.take_rex((~second >> 5) & 4U);
  } else {
    const std::uint8_t third = reader.byte();
    map = second & (first == 0x62 ? 7U : 31U);
    prefixes.take_rex(((~second >> 5) & 7U) | ((third >> 4) & 8U));
    if (first == 0x62) reader.byte();
  }
  parts.vector = true;
  parts.map = map == 2 ? X86Map::three_byte_38 : map == 3 ? X86Map::three_byte_3a : X86Map::two_byte;
  parts.opcode = reader.byte();
  return map >= 1 && map <= 3;
}

bool take_opcode(Reader& reader, Prefixes& prefixes, X86Parts& parts) {
  const std::uint8_t first = reader.peek();
  if (first == 0xC4 || first == 0xC5 || first == 0x62) return take_vector_prefix(reader, prefixes, parts);
  parts.opcode = reader.byte();
  if (parts.opcode != 0x0F) return true;
  parts.map = X86Map::two_byte;
  parts.opcode = reader.byte();
  if (parts.opcode != 0x38 && parts.opcode != 0x3A) return true;
  parts.map = parts.opcode == 0x38 ? X86Map::three_byte_38 : X86Map::three_byte_3a;
  parts.opcode = reader.byte();
  return true;
}

void take_operand(Reader& reader, const Prefixes& prefixes, X86Parts& parts) {
  const std::uint8_t byte = reader.byte();
  parts.mod = byte >> 6;
  parts.reg = ((byte >> 3) & 7) + prefixes.reg_high;
  const int low = byte & 7;
  parts.rm = low + prefixes.rm_high;
  if (parts.mod == 3) return;
  bool no_base = parts.mod == 0 && low == 5;  // relative to the next instruction
  if (low == 4) {
    const std::uint8_t scaled = reader.byte();
    parts.rm = (scaled & 7) + prefixes.rm_high;
    no_base = parts.mod == 0 && (scaled & 7) == 5;
    parts.indexed = ((scaled >> 3) & 7) + prefixes.index_high != 4;
  }
  parts.indexed |= no_base;
  if (parts.mod == 1) parts.displacement = reader.number(1);
  if (parts.mod == 2 || no_base) parts.displacement = reader.number(4);
}

}  // namespace

X86Parts parts_of_x86(std::span<const std::uint8_t> bytes) {
  X86Parts parts;
  Reader reader(bytes);
  Prefixes prefixes = take_prefixes(reader);
  if (!take_opcode(reader, prefixes, parts) || !is_known_x86(parts.map, parts.opcode)) return {};
  parts.wide = prefixes.wide;
  parts.rm =
      prefixes.rm_high + (parts.opcode & 7);  // of opcodes that hold a register; an operand overrides it
  if (x86_has_operand(parts.map, parts.opcode)) take_operand(reader, prefixes, parts);
  const bool xop = parts.map == X86Map::one_byte && parts.opcode == 0x8F && (parts.reg & 7) != 0;
  if (xop) return {};  // AMD's, given up again
  const X86Sizes sizes{prefixes.wide, prefixes.short_operand, prefixes.short_address};
  parts.constant = reader.number(x86_constant_size(parts.map, parts.opcode, parts.reg, sizes));
  parts.length = reader.length() <= 15 ? reader.length() : 0;
  return parts;
}

}  // namespace wedged
