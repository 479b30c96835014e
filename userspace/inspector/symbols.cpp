// SPDX-License-Identifier: Apache-2.0
#include "inspector/symbols.h"

#include <cxxabi.h>
#include <elfutils/libdwfl.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace wedged {
namespace {

constexpr std::size_t longest_name = 512;
constexpr std::size_t longest_mangled = 4096;  // the demangler's time grows faster than the name

bool has_full_table(Elf* elf) {
  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header{};
    if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_SYMTAB) return true;
  }
  return false;
}

bool names_code(const GElf_Sym& symbol) {
  const auto type = GELF_ST_TYPE(symbol.st_info);
  return symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS &&
         (type == STT_FUNC || type == STT_NOTYPE || type == STT_GNU_IFUNC);
}

// Labels are taken from full tables only: among the few names of .dynsym the last label before an address may
// be far away from it.
SymbolTable read_table(Dwfl_Module* module) {
  SymbolTable table;
  std::unordered_map<Elf*, bool> full;
  const int count = dwfl_module_getsymtab(module);
  for (int index = 0; index < count; ++index) {
    GElf_Sym symbol{};
    GElf_Addr begin = 0;
    Elf* elf = nullptr;
    const char* const name = dwfl_module_getsym_info(module, index, &symbol, &begin, nullptr, &elf, nullptr);
    if (name == nullptr || *name == '\0' || !names_code(symbol)) continue;
    if (symbol.st_size == 0) {
      const auto [place, is_new] = full.try_emplace(elf);
      if (is_new) place->second = has_full_table(elf);
      if (!place->second) continue;
    }
    const bool local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL;
    table.add({begin, symbol.st_size, {name, strnlen(name, longest_mangled)}, local});
  }
  table.finish();
  return table;
}

bool in_same_section(Dwfl_Module* module, std::uint64_t left, std::uint64_t right) {
  Dwarf_Addr bias = 0;
  Elf_Scn* const left_section = dwfl_module_address_section(module, &left, &bias);
  Elf_Scn* const right_section = dwfl_module_address_section(module, &right, &bias);
  return left_section != nullptr && left_section == right_section;
}

}  // namespace

const Symbol& Symbols::at(std::uint64_t address) {
  const auto known = known_.find(address);
  if (known != known_.end()) return known->second;
  return known_.emplace(address, look_up(address)).first->second;
}

Symbol Symbols::look_up(std::uint64_t address) {
  Dwfl_Module* const module = dwfl_addrmodule(session_, address);
  if (module == nullptr) return {};
  const SymbolTable& table = table_of(module);
  const TableSymbol* found = table.spanning(address);
  if (found == nullptr) {
    found = table.label_before(address);
    if (found == nullptr || !in_same_section(module, found->begin, address)) return {};
  }
  return {demangled(without_version(found->name)), found->begin};
}

const SymbolTable& Symbols::table_of(Dwfl_Module* module) {
  const auto known = tables_.find(module);
  if (known != tables_.end()) return known->second;
  return tables_.emplace(module, read_table(module)).first->second;
}

std::string demangled(std::string_view name) {
  std::string text(name);
  if (text.starts_with("_Z") && text.size() < longest_mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> plain(
        abi::__cxa_demangle(text.c_str(), nullptr, nullptr, &status), std::free);
    if (status == 0 && plain) text = plain.get();
  }
  if (text.size() > longest_name) text = text.substr(0, longest_name - 3) + "...";
  return text;
}

}  // namespace wedged
