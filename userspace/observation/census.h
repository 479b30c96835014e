// SPDX-License-Identifier: Apache-2.0
// Census: every thread of the host at one moment, in a few values each; suspects have a Task instead. Values
// only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "observation/task.h"

namespace wedged {

struct CensusThread {
  TaskId id;
  ProcessId process;
  std::string comm;
  std::string process_comm;
  RunState state = RunState::unknown;
  bool kernel_thread = false;
  std::optional<SystemCall> call;        // without arguments; absent: outside of calls, or unknown
  std::optional<Instant> off_cpu_since;  // of one that is off its CPU: since then it has not run
  std::optional<std::uint64_t> calls;    // begun since it was first seen; absent: not counted
  std::uint32_t errors = 0;              // of these calls; wraps around
  Duration finished{};                   // how long the finished ones of these calls took together
  std::uint64_t cgroup = 0;              // id in the unified hierarchy; 0: unknown

  bool operator==(const CensusThread&) const = default;
};

struct Census {
  Instant taken{};
  std::vector<CensusThread> threads;             // sorted by id
  std::map<std::uint64_t, std::string> cgroups;  // paths by id, "/" for the root; may lack one
};

}  // namespace wedged
