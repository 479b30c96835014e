// SPDX-License-Identifier: Apache-2.0
// Dump aide: writes one dump, in a process of its own.
#pragma once

#include <cstdint>
#include <string>

#include "util/result.h"

namespace wedged {

struct DumpOrder {
  std::string directory;
  std::string name;
  std::uint64_t quota_bytes = 0;
  bool rehearsal = false;  // looks whether it could be written, no more
};

// What comes on standard input, as it is. The path of the dump.
[[nodiscard]] Result<std::string> dump_input(const DumpOrder& order);

// By gcore(1), of the process `pid`, which `process` holds. While it is being written the folder may hold
// twice its quota: how large it will be is known at its end only.
[[nodiscard]] Result<std::string> dump_core(const DumpOrder& order, int pid, int process);

}  // namespace wedged
