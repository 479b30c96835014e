// SPDX-License-Identifier: Apache-2.0
// Symbols: the function an address lies in, by the symbol tables of the modules of one libdwfl session. No
// name rather than a neighbour's. In the child only: tables come from files of strangers.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

struct Dwfl;

namespace wedged {

struct Symbol {
  std::string name;         // demangled; empty: unknown
  std::uint64_t begin = 0;  // where the function starts
};

class Symbols {
 public:
  explicit Symbols(Dwfl* session) : session_(session) {}
  [[nodiscard]] const Symbol& at(std::uint64_t address);

 private:
  Dwfl* session_;
  std::unordered_map<std::uint64_t, Symbol> known_;
};

// As people read it; names of more than 512 characters are cut.
[[nodiscard]] std::string demangled(const char* name);

}  // namespace wedged
