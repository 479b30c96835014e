// SPDX-License-Identifier: Apache-2.0
// Plan: which BPF programs to load and attach on this kernel, and for each that is not, the reason. Pure.
#pragma once

#include <string>
#include <vector>

#include "kernel/facts.h"
#include "util/result.h"

namespace wedged {

enum class Observing {
  calls,  // everything
  scan,   // no syscall and scheduler tracepoints
  once,   // the iterators alone: for a look that is over in a moment
};

struct PlannedProgram {
  std::string name;      // of the BPF function
  std::string what_for;  // for `probe`
  bool load = false;
  bool required = false;  // without it the plan fails
  bool attach = true;     // false: an iterator, opened at each scan
  std::string reason;     // why it is not loaded; empty if it is
  bool wanted = true;     // false: that is so by choice
};

struct Plan {
  std::vector<PlannedProgram> programs;  // in the order of attaching
  bool track_calls = false;

  [[nodiscard]] const PlannedProgram* find(const std::string& name) const;
};

// What is looked for beside suspects.
enum class Headcount {
  none,
  census,  // every thread, for screens that show who does what
};

// Fails with `denied` for missing rights and `unsupported` for a kernel that cannot be observed at all; the
// message says everything that is missing.
[[nodiscard]] Result<Plan> make_plan(const KernelFacts& facts, Observing observing,
                                     Headcount headcount = Headcount::none);

// The same without failing, for `probe`: what would be loaded, and why not the rest.
[[nodiscard]] Plan sketch_plan(const KernelFacts& facts, Observing observing,
                               Headcount headcount = Headcount::none);

// The plan as if the kernel did not have this program, which is in it and not required.
[[nodiscard]] Plan without(Plan plan, const std::string& program, const std::string& reason);

}  // namespace wedged
