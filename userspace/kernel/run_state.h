// SPDX-License-Identifier: Apache-2.0
// What a task does, from the kernel's bits. Pure.
#pragma once

#include <cstdint>

#include "observation/task.h"

namespace wedged {

// What decoding must know of the kernel.
struct DecodeFacts {
  bool frozen_state = true;  // TASK_FROZEN exists; else PF_FROZEN says it
};

// As bpf/abi.h has them.
struct StateBits {
  std::uint32_t state = 0;       // task->__state
  std::uint32_t exit_state = 0;  // task->exit_state
  std::uint32_t flags = 0;       // PF_*
};

[[nodiscard]] RunState run_state(const StateBits& bits, const DecodeFacts& facts);
[[nodiscard]] bool is_kernel_thread(std::uint32_t flags);

}  // namespace wedged
