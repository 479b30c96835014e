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
constexpr std::size_t longest_mangled = 4096;  // the demangler takes time that grows faster than the name

Symbol look_up(Dwfl* session, std::uint64_t address) {
  Dwfl_Module* const module = dwfl_addrmodule(session, address);
  if (module == nullptr) return {};
  GElf_Off offset = 0;
  GElf_Sym symbol{};
  // Prefers the symbol that spans the address; else a label without size, if no sized symbol lies between.
  const char* const name = dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
  if (name == nullptr || *name == '\0') return {};
  if (symbol.st_size != 0 && offset >= symbol.st_size) return {};
  const auto type = GELF_ST_TYPE(symbol.st_info);
  if (type != STT_FUNC && type != STT_NOTYPE && type != STT_GNU_IFUNC) return {};
  return {demangled(name), address - offset};
}

}  // namespace

const Symbol& Symbols::at(std::uint64_t address) {
  const auto [place, is_new] = known_.try_emplace(address);
  if (is_new) place->second = look_up(session_, address);
  return place->second;
}

std::string demangled(const char* name) {
  std::string text(name, strnlen(name, longest_mangled));
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
