// SPDX-License-Identifier: Apache-2.0
#include "kernel/run_state.h"

namespace wedged {
namespace {

// include/linux/sched.h; not in BTF because they are macros. Unchanged since v5.10 except where
// kernel/facts.h says so.
constexpr std::uint32_t task_interruptible = 0x1;
constexpr std::uint32_t task_uninterruptible = 0x2;
constexpr std::uint32_t task_stopped = 0x4;
constexpr std::uint32_t task_traced = 0x8;
constexpr std::uint32_t task_dead = 0x80;
constexpr std::uint32_t task_wakekill = 0x100;
constexpr std::uint32_t task_noload = 0x400;
constexpr std::uint32_t task_frozen = 0x8000;
constexpr std::uint32_t pf_frozen = 0x10000;
constexpr std::uint32_t pf_kthread = 0x200000;

}  // namespace

RunState run_state(const StateBits& bits, const DecodeFacts& facts) {
  const auto state = bits.state;
  if (bits.exit_state != 0 || (state & task_dead) != 0) return RunState::dead;
  if (facts.frozen_state ? (state & task_frozen) != 0 : (bits.flags & pf_frozen) != 0)
    return RunState::frozen;
  if ((state & task_stopped) != 0) return RunState::stopped;
  if ((state & task_traced) != 0) return RunState::traced;
  if ((state & task_uninterruptible) != 0) {
    if ((state & task_noload) != 0) return RunState::idle;
    return (state & task_wakekill) != 0 ? RunState::killable : RunState::uninterruptible;
  }
  if ((state & task_interruptible) != 0) return RunState::sleeping;
  return state == 0 ? RunState::running : RunState::unknown;
}

bool is_kernel_thread(std::uint32_t flags) {
  return (flags & pf_kthread) != 0;
}

}  // namespace wedged
