// SPDX-License-Identifier: Apache-2.0
// The registers of one frame, by DWARF number, and which of them are known: a caller's may be lost.
#pragma once

#include <bitset>
#include <cstdint>

#include "observation/task.h"

namespace wedged {

#if defined(__x86_64__)
inline constexpr std::size_t pc_register = 16;
inline constexpr std::size_t sp_register = 7;
#elif defined(__aarch64__)
inline constexpr std::size_t pc_register = 32;
inline constexpr std::size_t sp_register = 31;
#else
#error "which DWARF numbers do the program counter and the stack pointer have here?"
#endif

struct Registers {
  AllRegisters values{};
  std::bitset<dwarf_registers> known;

  [[nodiscard]] std::uint64_t pc() const { return values[pc_register]; }
  [[nodiscard]] std::uint64_t sp() const { return values[sp_register]; }
};

// Of a thread whose registers are all known.
[[nodiscard]] inline Registers registers_of(const AllRegisters& values) {
  Registers registers{values, {}};
  for (std::size_t number = 0; number <= pc_register; ++number) registers.known.set(number);
  return registers;
}

}  // namespace wedged
