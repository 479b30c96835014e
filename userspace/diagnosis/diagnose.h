// SPDX-License-Identifier: Apache-2.0
// diagnose: from what changed to what is wrong. Pure. One cause per file; the list of causes is one array in
// diagnose.cpp.
#pragma once

#include <vector>

#include "diagnosis/finding.h"
#include "diagnosis/thresholds.h"
#include "diagnosis/wait_graph.h"
#include "observation/history.h"

namespace wedged {

// Sorted by key. Every finding has been verified by two samples.
[[nodiscard]] std::vector<Finding> diagnose(const Changes& changes, const Thresholds& thresholds);

// One per cause; diagnosis/<cause>.cpp.
[[nodiscard]] std::vector<Finding> find_uninterruptible_waits(const WaitGraph& graph,
                                                              const Thresholds& thresholds);
// The same cause, of who waits for somebody. `others`: what was found before, the roots of chains.
[[nodiscard]] std::vector<Finding> find_kernel_lock_waits(const WaitGraph& graph,
                                                          const Thresholds& thresholds,
                                                          const std::vector<Finding>& others);
[[nodiscard]] std::vector<Finding> find_slow_syscalls(const Changes& changes, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_unkillable_processes(const Changes& changes,
                                                             const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_kernel_loops(const Changes& changes, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_starved_threads(const Changes& changes, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_event_loop_spins(const Changes& changes,
                                                         const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_lost_leaders(const Changes& changes, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_stopped_processes(const Changes& changes,
                                                          const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_deaths_in_kernel(const Changes& changes);

[[nodiscard]] std::vector<Finding> find_crashed_threads(const Changes& changes);
[[nodiscard]] std::vector<Finding> find_self_deadlocks(const WaitGraph& graph, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_lock_cycles(const WaitGraph& graph, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_dead_owners(const WaitGraph& graph, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_fork_inherited_locks(const WaitGraph& graph,
                                                             const Thresholds& thresholds);
// `others`: what was found before; a process that is explained already is left out.
[[nodiscard]] std::vector<Finding> find_no_wakers(const WaitGraph& graph, const Thresholds& thresholds,
                                                  const std::vector<Finding>& others);
// Whether findings of that cause explain why others wait.
[[nodiscard]] bool is_root(Cause cause);
// waits_for_stuck: adds the victims to the findings that are their roots.
void add_victims(const WaitGraph& graph, std::vector<Finding>& findings);
// The same for clients of a FUSE server that is stuck itself.
void add_clients(const WaitGraph& graph, std::vector<Finding>& findings);

}  // namespace wedged
