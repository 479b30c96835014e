// SPDX-License-Identifier: Apache-2.0
// Unwinder: user stacks from registers, by the call frame information of the mapped files: no frame pointers,
// no stopping. One serves all threads of a process. In the child only: files and stacks are strangers'.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inspector/address_space.h"
#include "inspector/dwfl_session.h"
#include "inspector/registers.h"
#include "inspector/symbols.h"

namespace wedged {

struct UserStack {
  std::vector<UserFrame> frames;
  bool complete = false;
  std::string reason;  // why it is not
};

class Unwinder {
 public:
  // Both are kept by reference.
  Unwinder(DwflSession& session, const AddressSpace& space, const std::vector<Module>& modules);
  Unwinder(const Unwinder&) = delete;
  Unwinder& operator=(const Unwinder&) = delete;
  ~Unwinder() = default;

  [[nodiscard]] UserStack unwind(const AllRegisters& registers);

 private:
  struct ElfEnd {
    void operator()(Elf* elf) const { elf_end(elf); }
  };

  void name_by_callers(std::vector<UserFrame>& frames);
  [[nodiscard]] UserFrame frame_of(std::uint64_t address, std::uint64_t lookup);

  DwflSession& session_;
  const AddressSpace& space_;
  const std::vector<Module>& modules_;
  Symbols symbols_;
  Fd own_file_;
  std::unique_ptr<Elf, ElfEnd> own_elf_;  // tells libdwfl the architecture
  bool attached_ = false;
};

}  // namespace wedged
