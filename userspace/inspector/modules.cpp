// SPDX-License-Identifier: Apache-2.0
#include "inspector/modules.h"

#include <algorithm>

namespace wedged {
namespace {

Module module_of(const Mapping& mapping) {
  return {mapping.begin, mapping.end, mapping, mapping.executable, mapping.path == "[vdso]"};
}

// A file's mappings in order of address; a new one at offset 0 may be a second copy of the file, or, in a
// program of less than a page, the data segment of the first.
std::vector<Module> runs_of(const AddressSpace& space) {
  std::vector<Module> runs;
  for (const Mapping& mapping : space.mappings()) {
    if (mapping.path == "[vdso]") {
      runs.push_back(module_of(mapping));
    } else if (mapping.inode != 0) {
      const bool goes_on =
          !runs.empty() && runs.back().first.same_file(mapping) && mapping.offset > runs.back().first.offset;
      if (!goes_on) {
        runs.push_back(module_of(mapping));
        continue;
      }
      runs.back().end = mapping.end;
      runs.back().executable |= mapping.executable;
    }
  }
  return runs;
}

}  // namespace

std::vector<Module> modules_of(const AddressSpace& space) {
  std::vector<Module> modules;
  for (Module& run : runs_of(space)) {
    if (run.executable)
      modules.push_back(std::move(run));
    else if (!modules.empty() && modules.back().first.same_file(run.first))
      modules.back().end = run.end;
  }
  return modules;
}

const Module* module_at(const std::vector<Module>& modules, std::uint64_t address) {
  const auto after = std::upper_bound(modules.begin(), modules.end(), address,
                                      [](std::uint64_t at, const Module& m) { return at < m.begin; });
  if (after == modules.begin()) return nullptr;
  const Module& found = *std::prev(after);
  return address < found.end ? &found : nullptr;
}

}  // namespace wedged
