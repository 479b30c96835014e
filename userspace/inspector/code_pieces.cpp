// SPDX-License-Identifier: Apache-2.0
#include "inspector/code_pieces.h"

#include <algorithm>
#include <array>

namespace wedged {
namespace {

constexpr std::size_t longest_instruction = 15;
using Code = std::array<std::uint8_t, longest_instruction>;

template <typename... Byte>
bool code_is(Memory& memory, std::uint64_t address, Byte... expected) {
  const std::array<int, sizeof...(expected)> wanted = {expected...};
  std::array<std::uint8_t, sizeof...(expected)> bytes{};
  return memory.read_cached(address, bytes.data(), bytes.size()) == bytes.size() &&
         std::equal(bytes.begin(), bytes.end(), wanted.begin());
}

}  // namespace

X86Instruction instruction_at(Memory& memory, std::uint64_t address) {
  Code bytes{};
  const std::size_t count = memory.read_cached(address, bytes.data(), bytes.size());
  return decode_x86({bytes.data(), count});
}

// e8 with a distance, or ff /2 with any operand: 2 to 7 bytes.
bool follows_call(Memory& memory, std::uint64_t address) {
  constexpr std::size_t longest_call = 7;
  std::array<std::uint8_t, longest_call> bytes{};
  if (memory.read_cached(address - longest_call, bytes.data(), bytes.size()) != bytes.size()) return false;
  for (std::size_t length = 2; length <= longest_call; ++length) {
    const X86Instruction instruction = decode_x86({bytes.data() + longest_call - length, length});
    if (instruction.effect == X86Effect::call && instruction.length == length) return true;
  }
  return false;
}

bool is_signal_return(Memory& memory, std::uint64_t address) {
  return code_is(memory, address, 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05) ||
         code_is(memory, address, 0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05);
}

// mov %eax, %edi or mov %rax, %rdi; call.
bool hands_result_on(Memory& memory, std::uint64_t address) {
  return code_is(memory, address, 0x89, 0xc7, 0xe8) || code_is(memory, address, 0x48, 0x89, 0xc7, 0xe8);
}

bool halts(Memory& memory, std::uint64_t address) {
  return code_is(memory, address, 0xf4);
}

bool is_padding(Memory& memory, std::uint64_t address) {
  if (code_is(memory, address, 0xcc)) return true;
  while (code_is(memory, address, 0x66) || code_is(memory, address, 0x2e)) ++address;
  return code_is(memory, address, 0x90) || code_is(memory, address, 0x0f, 0x1f);
}

}  // namespace wedged
