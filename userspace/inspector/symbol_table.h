// SPDX-License-Identifier: Apache-2.0
// SymbolTable: which of one module's symbols an address lies in. Pure. No name rather than a neighbour's; of
// several names of one function the one its users write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wedged {

struct TableSymbol {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;  // 0: a label of assembly code; where it ends is unknown
  std::string_view name;   // as the file has it, kept by the file
  bool local = false;      // known in its own source file only
};

class SymbolTable {
 public:
  void add(const TableSymbol& symbol);
  void finish();  // after the last one, before the first question

  // The innermost symbol that spans the address. Null: none does.
  [[nodiscard]] const TableSymbol* spanning(std::uint64_t address) const;
  // The last label at or before the address, if no symbol of known size lies between. Null: none.
  [[nodiscard]] const TableSymbol* label_before(std::uint64_t address) const;

 private:
  std::vector<TableSymbol> sized_, labels_;  // ascending; of equal ones the best name comes last
  std::vector<std::uint64_t> greatest_end_;  // of sized_ up to there
};

// Without a version: "pthread_cond_wait@@GLIBC_2.3.2" is no name that people write.
[[nodiscard]] std::string_view without_version(std::string_view name);

}  // namespace wedged
