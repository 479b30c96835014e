// SPDX-License-Identifier: Apache-2.0
// Which mappings together are one loaded ELF file. Pure: opens nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inspector/address_space.h"

namespace wedged {

struct Module {
  std::uint64_t begin = 0;  // where its first loadable segment is
  std::uint64_t end = 0;
  Mapping first;            // its first mapping: by this the file is opened
  bool executable = false;  // any part of it
  bool vdso = false;        // in memory only

  bool operator==(const Module&) const = default;
};

// Those with code in them, ascending.
[[nodiscard]] std::vector<Module> modules_of(const AddressSpace& space);

// Null: none there.
[[nodiscard]] const Module* module_at(const std::vector<Module>& modules, std::uint64_t address);

}  // namespace wedged
