// SPDX-License-Identifier: Apache-2.0
// Symbols: the function an address lies in, by the symbol tables of the modules of one libdwfl session:
// .symtab, .dynsym, .gnu_debugdata and separate debug files, as libdwfl finds them. In the child only: tables
// come from files of strangers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "inspector/symbol_table.h"

struct Dwfl;
struct Dwfl_Module;

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
  [[nodiscard]] Symbol look_up(std::uint64_t address);
  [[nodiscard]] const SymbolTable& table_of(Dwfl_Module* module);

  Dwfl* session_;
  std::unordered_map<std::uint64_t, Symbol> known_;
  std::unordered_map<Dwfl_Module*, SymbolTable> tables_;
};

// As people read it; names of more than 512 characters are cut.
[[nodiscard]] std::string demangled(std::string_view name);

}  // namespace wedged
