// SPDX-License-Identifier: Apache-2.0
// From a frame to its caller where no file tells how (musl has no call frame information, nor has generated
// code): follows the code from where it stands, along every branch, to where it returns, and keeps count of
// the stack pointer. Reads memory only; x86-64 only. Where two ways end at different return addresses there
// is none.
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

// Whether the instruction before `address` is a call, as it is for every return address but a signal's.
[[nodiscard]] bool follows_call(Memory& memory, std::uint64_t address);

}  // namespace wedged
