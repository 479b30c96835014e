// SPDX-License-Identifier: Apache-2.0
// Watch: an Observer for a test: scoped to the processes that the test has started, and with limits so small
// that each thread of theirs that is in a call is a suspect.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "kernel/observer.h"

namespace wedged::test {

struct WatchOptions {
  Observing observing = Observing::calls;
  Headcount headcount = Headcount::none;
  ProbeScope scope;
  std::set<std::string> without_tracepoints;  // as on a kernel whose BTF does not name these
  bool without_walk = false;                  // as before v6.7
  bool without_loop_helper = false;           // as before v5.17
  bool claim_walk = false;                    // as if the kernel had it: before v6.7 it refuses
};

inline const std::set<std::string> syscall_tracepoints{"sys_enter", "sys_exit"};

[[nodiscard]] KernelFacts facts_of_this_kernel();
// Throws if the kernel refuses a program.
[[nodiscard]] Observer watch(const WatchOptions& options);
[[nodiscard]] Observer watch(std::vector<int> tgids, Observing observing = Observing::calls);

// Each call that lasts, each wait in D.
[[nodiscard]] SuspectLimits everybody_is_suspect();

[[nodiscard]] Snapshot scan(Observer& observer);
[[nodiscard]] const Task* find(const Snapshot& snapshot, int tid);
// Scans until the thread is a suspect with details.
[[nodiscard]] Task observed(Observer& observer, int tid);

void nothing_was_lost(const Observer& observer);
// The same, with the losses of userspace; details that were put off to a later scan are none.
void nothing_was_lost(const Snapshot& snapshot);

// Finished calls of one number; the number -1 stands for those beyond the table.
[[nodiscard]] SyscallStats stats_of(const Observer& observer, long number);
[[nodiscard]] SyscallStats compat_stats_of(const Observer& observer);

}  // namespace wedged::test
