// SPDX-License-Identifier: Apache-2.0
// The threads of a process that was seen as a whole: for causes that concern every one of them. Pure.
#pragma once

#include <vector>

#include "diagnosis/wait_graph.h"
#include "observation/history.h"

namespace wedged {

struct ProcessThreads {
  ProcessId process;
  const Task* leader = nullptr;  // alive or not
  std::vector<const Change*> alive;
};

// Only processes of which every thread is in `changes`, and at least one lives. Sorted by process.
[[nodiscard]] std::vector<ProcessThreads> whole_processes(const Changes& changes);

// The waits of all living threads of it, or nothing if one of them waits for no lock, not for ever, not long
// enough, or on a futex that another process can reach.
[[nodiscard]] std::vector<const LockWait*> all_wait_privately(const WaitGraph& graph,
                                                              const ProcessThreads& process,
                                                              Duration threshold);

}  // namespace wedged
