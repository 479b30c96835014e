// SPDX-License-Identifier: Apache-2.0
#include "inspector/dwfl_session.h"

#include <gelf.h>

#include <cstdlib>

#include "inspector/elf_opener.h"

namespace wedged {
namespace {

// libdwfl takes it that the module begins with the file's first loadable segment. Where it does not, every
// name would be wrong.
bool begins_with_first_segment(Elf* elf, const Module& module) {
  constexpr std::uint64_t in_page = 4095;
  std::size_t count = 0;
  if (elf_kind(elf) != ELF_K_ELF || elf_getphdrnum(elf, &count) != 0) return false;
  for (int index = 0; index < static_cast<int>(count); ++index) {
    GElf_Phdr header{};
    if (gelf_getphdr(elf, index, &header) == nullptr) return false;
    if (header.p_type != PT_LOAD) continue;
    const std::uint64_t page = header.p_vaddr & ~in_page;
    return module.vdso || (module.first.offset == (header.p_offset & ~in_page) &&
                           (header.p_vaddr & -header.p_align) == page);
  }
  return false;
}

int find_elf(Dwfl_Module* /*module*/, void** userdata, const char* /*name*/, Dwarf_Addr base,
             char** /*file_name*/, Elf** elf) {
  return static_cast<DwflSession*>(*userdata)->open(base, elf);
}

std::string debug_folder = "/usr/lib/debug";
char* debug_path = debug_folder.data();

// Separate debug files by build id and on this host only: never by asking a debuginfod server.
const Dwfl_Callbacks callbacks = {find_elf, dwfl_build_id_find_debuginfo, dwfl_offline_section_address,
                                  &debug_path};

}  // namespace

DwflSession::DwflSession(const Target& target, Memory& memory, const std::vector<Module>& modules,
                         const Report& report)
    : target_(target), memory_(memory), modules_(modules), report_(report), dwfl_(dwfl_begin(&callbacks)) {
  if (!dwfl_) return;
  dwfl_report_begin(get());
  for (const Module& module : modules_) {
    const std::string& path = module.first.path;
    Dwfl_Module* const reported = dwfl_report_module(get(), path.c_str(), module.begin, module.end);
    void** userdata = nullptr;
    if (reported == nullptr) continue;
    dwfl_module_info(reported, &userdata, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
    *userdata = this;
  }
  dwfl_report_end(get(), nullptr, nullptr);
}

int DwflSession::open(std::uint64_t begin, Elf** elf) {
  const Module* const module = module_at(modules_, begin);
  if (module == nullptr) return -1;
  int file = -1;
  if (module->vdso)
    open_memory(*module, elf);
  else
    file = open_file(*module, elf);
  if (*elf == nullptr || begins_with_first_segment(*elf, *module)) return file;
  elf_end(*elf);
  *elf = nullptr;
  troubles_[begin] = module->first.path + " is no ELF file that could be mapped so";
  if (file >= 0) Fd{file}.close();
  return -1;
}

int DwflSession::open_file(const Module& module, Elf** elf) {
  report_("opening " + module.first.path);
  auto file = open_mapped_file(target_, module.first);
  if (!file) {
    troubles_[module.begin] = "cannot open " + module.first.path + ": " + file.error().message;
    return -1;
  }
  *elf = elf_begin(file->get(), ELF_C_READ_MMAP_PRIVATE, nullptr);
  if (*elf == nullptr) troubles_[module.begin] = module.first.path + ": " + elf_errmsg(-1);
  return *elf == nullptr ? -1 : file->release();
}

void DwflSession::open_memory(const Module& module, Elf** elf) {
  constexpr std::uint64_t largest = 1UL << 20;  // the vdso has two pages
  images_.push_back(memory_.read(module.begin, std::min(module.end - module.begin, largest)));
  auto& image = images_.back();
  *elf = elf_memory(reinterpret_cast<char*>(image.data()), image.size());
  if (*elf == nullptr) troubles_[module.begin] = module.first.path + " cannot be read from memory";
}

std::string DwflSession::trouble_with(const Module& module) const {
  const auto found = troubles_.find(module.begin);
  return found == troubles_.end() ? "" : found->second;
}

bool DwflSession::has_frame_information(std::uint64_t address) {
  const auto [place, is_new] = frame_information_.try_emplace(address);
  if (is_new) place->second = look_up_frame_information(address);
  return place->second;
}

// Asked before libdwfl is: without any it would follow frame pointers where there may be none.
bool DwflSession::look_up_frame_information(std::uint64_t address) const {
  Dwfl_Module* const module = dwfl_addrmodule(get(), address);
  if (module == nullptr) return false;
  Dwarf_Addr bias = 0;
  Dwarf_CFI* const information = dwfl_module_eh_cfi(module, &bias);
  if (information == nullptr) return false;
  Dwarf_Frame* frame = nullptr;
  if (dwarf_cfi_addrframe(information, address - bias, &frame) != 0) return false;
  std::free(frame);  // NOLINT(cppcoreguidelines-no-malloc): libdw's malloc
  return true;
}

}  // namespace wedged
