// SPDX-License-Identifier: Apache-2.0
#include "inspector/libc_finder.h"

#include <gelf.h>

#include <cstring>
#include <string_view>

namespace wedged {
namespace {

CLibrary by_symbols(Dwfl_Module* module) {
  const int count = dwfl_module_getsymtab(module);
  for (int index = 0; index < count; ++index) {
    GElf_Sym symbol{};
    const char* const name = dwfl_module_getsym(module, index, &symbol, nullptr);
    if (name == nullptr || symbol.st_shndx == SHN_UNDEF) continue;
    const std::string_view text(name);
    if (text == "__libc_setup_tls" || text == "__libc_early_init" || text == "gnu_get_libc_version")
      return CLibrary::glibc;
    if (text == "__init_libc" || text == "__libc" || text == "__syscall_cp_asm") return CLibrary::musl;
  }
  return CLibrary::unknown;
}

bool has_abi_note(Elf_Data* notes) {
  std::size_t offset = 0, name_at = 0, content_at = 0;
  GElf_Nhdr note{};
  while ((offset = gelf_getnote(notes, offset, &note, &name_at, &content_at)) > 0) {
    const std::string_view name(static_cast<const char*>(notes->d_buf) + name_at, note.n_namesz);
    if (note.n_type == NT_GNU_ABI_TAG && name.starts_with("GNU")) return true;
  }
  return false;
}

// glibc's crt1.o brings NT_GNU_ABI_TAG, musl's does not. It is there when all symbols are stripped.
bool has_abi_note(Elf* elf) {
  std::size_t count = 0;
  if (elf == nullptr || elf_getphdrnum(elf, &count) != 0) return false;
  for (int index = 0; index < static_cast<int>(count); ++index) {
    GElf_Phdr header{};
    if (gelf_getphdr(elf, index, &header) == nullptr || header.p_type != PT_NOTE) continue;
    Elf_Data* const notes =
        elf_getdata_rawchunk(elf, static_cast<std::int64_t>(header.p_offset), header.p_filesz, ELF_T_NHDR);
    if (notes != nullptr && has_abi_note(notes)) return true;
  }
  return false;
}

}  // namespace

CLibrary libc_inside(Dwfl* session, const std::vector<Module>& modules) {
  if (modules.empty() || session == nullptr) return CLibrary::unknown;
  Dwfl_Module* const program = dwfl_addrmodule(session, modules.front().begin);
  if (program == nullptr) return CLibrary::unknown;
  GElf_Addr bias = 0;
  Elf* const elf = dwfl_module_getelf(program, &bias);
  if (elf == nullptr) return CLibrary::unknown;
  const CLibrary named = by_symbols(program);
  if (named != CLibrary::unknown) return named;
  return has_abi_note(elf) ? CLibrary::glibc : CLibrary::unknown;
}

}  // namespace wedged
