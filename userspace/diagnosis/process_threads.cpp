// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/process_threads.h"

#include <algorithm>
#include <map>

namespace wedged {

std::vector<ProcessThreads> whole_processes(const Changes& changes) {
  std::map<ProcessId, ProcessThreads> processes;
  for (const auto& change : changes.suspects) {
    const auto& task = change.task;
    if (!std::binary_search(changes.complete.begin(), changes.complete.end(), task.process)) continue;
    auto& process = processes[task.process];
    process.process = task.process;
    if (task.id.tid == task.id.tgid) process.leader = &task;
    if (task.state != RunState::dead) process.alive.push_back(&change);
  }
  std::vector<ProcessThreads> whole;
  for (auto& [id, process] : processes) {
    if (process.leader != nullptr && !process.alive.empty()) whole.push_back(std::move(process));
  }
  return whole;
}

std::vector<const LockWait*> all_wait_privately(const WaitGraph& graph, const ProcessThreads& process,
                                                Duration threshold) {
  std::vector<const LockWait*> waits;
  for (const auto* thread : process.alive) {
    const auto* wait = graph.wait_of(thread->task.id);
    if (wait == nullptr || thread->waiting <= threshold || wait->lock.has_timeout) return {};
    if (!wait->lock.process_private && wait->lock.kind != LockKind::join) return {};
    waits.push_back(wait);
  }
  return waits;
}

}  // namespace wedged
