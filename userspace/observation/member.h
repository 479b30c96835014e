// SPDX-License-Identifier: Apache-2.0
// Member: one process of a group or cgroup, as /proc shows it at one moment. For actions that reach more than
// the process of a finding: each of those reached is looked at before.
#pragma once

#include <cstdint>
#include <string>

namespace wedged {

struct Member {
  int tgid = 0;
  std::uint64_t start_ticks = 0;  // stat's field 22; 0: unknown
  int parent_tgid = 0;
  int process_group = 0;
  bool kernel_thread = false;
  std::string comm;    // empty: unknown
  std::string exe;     // empty: unknown; as it was started, without " (deleted)"
  std::string cgroup;  // path in the unified hierarchy; empty: unknown

  bool operator==(const Member&) const = default;
};

}  // namespace wedged
