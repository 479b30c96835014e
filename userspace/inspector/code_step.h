// SPDX-License-Identifier: Apache-2.0
// From a frame to its caller where no file tells how: musl has no call frame information, nor has generated
// code. x86-64 only. Reads memory only.
#pragma once

#include <optional>

#include "inspector/address_space.h"
#include "inspector/memory.h"
#include "inspector/registers.h"

namespace wedged {

struct CodeStep {
  std::optional<Registers> caller;
  bool interrupted = false;  // the caller did not call: a signal came
  bool outermost = false;    // there is none: the code ends the thread or the process
};

[[nodiscard]] CodeStep step_by_code(Memory& memory, const AddressSpace& space, const Registers& frame);

}  // namespace wedged
