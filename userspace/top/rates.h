// SPDX-License-Identifier: Apache-2.0
// Rates of system calls between two samples of the kernel's table, whose counters only grow. Pure. Seconds
// are upper bounds of the histogram's buckets: a call took at most that long, and no less than half of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "observation/syscall_stats.h"

namespace wedged {

struct SyscallRate {
  int number = -1;  // as in SyscallStats
  bool compat = false;
  std::string name;
  std::uint64_t calls = 0;  // finished between the samples, at least one
  double calls_per_second = 0;
  double errors_per_second = 0;
  Duration p50{};
  Duration p99{};
  Duration longest{};
};

// Calls that finished in between; none if no time has passed. A counter that fell counts as nothing.
[[nodiscard]] std::vector<SyscallRate> rates_between(const SyscallTable& before, const SyscallTable& now,
                                                     Duration elapsed);

// How the table's special slots are called, too.
[[nodiscard]] std::string name_of_call(int number, bool compat);

}  // namespace wedged
