// SPDX-License-Identifier: Apache-2.0
// DwflSession: libdwfl's view of one process: its modules, whose files are opened when an address in them is
// first asked for. Stops nothing, attaches to nothing, asks no server. In the child only.
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "inspector/memory.h"
#include "inspector/modules.h"
#include "inspector/progress.h"
#include "inspector/target.h"

namespace wedged {

class DwflSession {
 public:
  // All are kept by reference and outlive the session.
  DwflSession(const Target& target, Memory& memory, const std::vector<Module>& modules, const Report& report);
  DwflSession(const DwflSession&) = delete;
  DwflSession& operator=(const DwflSession&) = delete;
  ~DwflSession() = default;

  [[nodiscard]] Dwfl* get() const { return dwfl_.get(); }
  [[nodiscard]] Memory& memory() { return memory_; }
  // Whether the file says how to unwind from this address.
  [[nodiscard]] bool has_frame_information(std::uint64_t address);
  // Why the module's file could not be used; empty: it could, or was not needed.
  [[nodiscard]] std::string trouble_with(const Module& module) const;

  // For libdwfl: the file of the module that begins there, or its memory. -1 and null: none that can be used.
  int open(std::uint64_t begin, Elf** elf);

 private:
  struct End {
    void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
  };

  int open_file(const Module& module, Elf** elf);
  void open_memory(const Module& module, Elf** elf);
  [[nodiscard]] bool look_up_frame_information(std::uint64_t address) const;

  const Target& target_;
  Memory& memory_;
  const std::vector<Module>& modules_;
  const Report& report_;
  std::vector<std::vector<std::uint8_t>> images_;  // of modules in memory; libelf reads them in place
  std::unordered_map<std::uint64_t, std::string> troubles_;    // by begin of the module
  std::unordered_map<std::uint64_t, bool> frame_information_;  // by address
  std::unique_ptr<Dwfl, End> dwfl_;
};

}  // namespace wedged
