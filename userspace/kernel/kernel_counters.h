// SPDX-License-Identifier: Apache-2.0
// The kernel's own counters of its troubles, where it has them. None is required.
#pragma once

#include <string>
#include <vector>

#include "observation/kernel_voice.h"

namespace wedged {

[[nodiscard]] KernelCounters read_kernel_counters(const std::string& proc_root = "/proc",
                                                  const std::string& sys_root = "/sys");

// A counter, and whether this kernel has it.
struct CounterPresence {
  std::string name;     // "/sys/kernel/oops_count"
  std::string counts;   // "oopses"
  std::string why_not;  // "kernels have it since v6.2"
  bool there = false;
};
[[nodiscard]] std::vector<CounterPresence> kernel_counter_presence(const std::string& proc_root = "/proc",
                                                                   const std::string& sys_root = "/sys");

}  // namespace wedged
