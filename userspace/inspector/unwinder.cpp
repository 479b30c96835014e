// SPDX-License-Identifier: Apache-2.0
#include "inspector/unwinder.h"

#include <fcntl.h>

#include "inspector/called_function.h"
#include "inspector/walk.h"

namespace wedged {

Unwinder::Unwinder(DwflSession& session, const AddressSpace& space, const std::vector<Module>& modules)
    : session_(session),
      space_(space),
      modules_(modules),
      symbols_(session.get()),
      own_file_(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)),
      own_elf_(elf_begin(own_file_.get(), ELF_C_READ_MMAP_PRIVATE, nullptr)) {
  constexpr pid_t unused = 1;
  if (session.get() != nullptr && own_elf_)
    attached_ = dwfl_attach_state(session.get(), own_elf_.get(), unused, &Walk::callbacks, &session);
}

UserStack Unwinder::unwind(const AllRegisters& registers) {
  UserStack stack;
  if (!attached_) {
    const char* const message = dwfl_errmsg(-1);
    stack.reason = message == nullptr ? "libdw cannot be used" : message;
    return stack;
  }
  Walk walk(session_, space_, registers_of(registers));
  walk.run();
  for (const Walk::Frame& frame : walk.frames())
    stack.frames.push_back(frame_of(frame.address, frame.lookup));
  name_by_callers(stack.frames);
  stack.complete = walk.complete();
  stack.reason = walk.reason();
  return stack;
}

// Where the called function jumped on, the offset in it means nothing: it stays 0.
void Unwinder::name_by_callers(std::vector<UserFrame>& frames) {
  for (std::size_t at = 0; at + 1 < frames.size(); ++at) {
    if (!frames[at].function.empty()) continue;
    const auto called = called_from(session_.memory(), frames[at + 1].address);
    if (!called) continue;
    const Symbol& symbol = symbols_.at(*called);
    if (symbol.begin != *called || symbol.name.empty()) continue;
    frames[at].function = symbol.name;
    frames[at].offset = 0;
  }
}

UserFrame Unwinder::frame_of(std::uint64_t address, std::uint64_t lookup) {
  UserFrame frame;
  frame.address = address;
  const Symbol& symbol = symbols_.at(lookup);
  frame.function = symbol.name;
  if (!frame.function.empty()) frame.offset = address - symbol.begin;
  if (const Module* const module = module_at(modules_, lookup)) {
    frame.module = module->first.path;
    if (frame.function.empty()) frame.offset = address - module->begin;
  }
  return frame;
}

}  // namespace wedged
