// SPDX-License-Identifier: Apache-2.0
// A task's identity for as long as the host runs. Ids alone are reused; start times are not (CLOCK_BOOTTIME).
#pragma once

#include <compare>
#include <cstdint>

namespace wedged {

struct TaskId {
  int tgid = 0;
  int tid = 0;
  std::uint64_t start_boottime_ns = 0;

  auto operator<=>(const TaskId&) const = default;
};

}  // namespace wedged
