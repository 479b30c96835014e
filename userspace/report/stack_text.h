// SPDX-License-Identifier: Apache-2.0
// Stacks and locks as lines for people: the user side as a debugger prints it, the kernel side as the kernel
// does. Every foreign string is escaped here. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "observation/lock.h"
#include "observation/task.h"
#include "report/text_block.h"

namespace wedged {

// How much of a stack is shown. `frames`: at most so many; `width`: of the screen, 0 for unlimited.
struct StackLimits {
  std::size_t frames = 24;
  unsigned width = 0;
};

// "#0  0x00007f3a12c8e1b4 __lll_lock_wait+0x24 (libc.so.6)". On a narrow screen the function's name gives
// way, not where it is.
[[nodiscard]] std::string user_frame_text(const UserFrame& frame, std::size_t number, unsigned width);

// Lines labelled "user", and what is missing of them.
void add_user_stack(TextBlock& block, const UserSide& side, const StackLimits& limits);
// Lines labelled "stack": the kernel's.
void add_kernel_stack(TextBlock& block, const std::vector<std::string>& stack, const StackLimits& limits);

// "recursive mutex 0x55d0c0a8, held by worker[12]"; `holder` is empty where no such thread is known.
[[nodiscard]] std::string lock_text(const Lock& lock, const std::string& holder);

// The kind as in JSON: "plain_lock".
[[nodiscard]] std::string_view kind_name(LockKind kind);

}  // namespace wedged
