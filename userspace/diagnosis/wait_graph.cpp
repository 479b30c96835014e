// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/wait_graph.h"

#include <algorithm>

#include "observation/process_wait.h"

namespace wedged {
namespace {

CLibrary library_of(const Changes& changes, const ProcessId& process) {
  const auto found = changes.processes.find(process);
  return found == changes.processes.end() ? CLibrary::unknown : found->second.libc;
}

// Joins use a shared futex (the kernel wakes it), but only threads of the same process can be joined.
bool is_of_one_process(const Lock& lock) {
  return lock.process_private || lock.kind == LockKind::join;
}

// Any thread of a process may end it, so only of a single one can it be said that it has to.
bool is_only_thread_of_child(const Task& holder, const Task& waiter) {
  return holder.parent_tgid == waiter.id.tgid && holder.id.tid == holder.id.tgid &&
         holder.process_threads == 1;
}

}  // namespace

WaitGraph::WaitGraph(const Changes& changes) : changes_(changes) {
  for (const auto& change : changes.suspects) {
    const auto& task = change.task;
    if (task.state == RunState::dead) continue;
    if (task.namespace_tid == 0) {
      with_nameless_.insert(task.process);
    } else {
      by_namespaced_id_.emplace(NamespacedId{task.pid_namespace, task.namespace_tid}, &change);
    }
  }
  for (const auto& change : changes.suspects) {
    if (!change.same_wait || change.task.state != RunState::sleeping) continue;
    auto lock = lock_of(change.task, library_of(changes, change.task.process));
    if (!lock) lock = process_wait_of(change.task);
    if (!lock) continue;
    LockWait wait{&change, std::move(*lock), Holder::unknown, nullptr};
    resolve(wait);
    waits_.push_back(std::move(wait));
  }
}

void WaitGraph::resolve(LockWait& wait) const {
  if (wait.lock.owner_died && wait.lock.layout_certain) wait.state = Holder::gone;
  if (!wait.lock.owner || !wait.lock.layout_certain) return;
  const auto& waiter = wait.waiter->task;
  const auto found = by_namespaced_id_.find({waiter.pid_namespace, *wait.lock.owner});
  if (found == by_namespaced_id_.end()) {
    if (is_absent(wait)) wait.state = Holder::gone;
    return;
  }
  const auto& holder = *found->second;
  const bool same_process = holder.task.process == waiter.process;
  if (is_of_one_process(wait.lock) && !same_process) {
    // No thread of this process has the id any more; somebody else's has.
    if (is_absent(wait)) wait.state = Holder::gone;
    return;
  }
  if (wait.lock.kind == LockKind::process && !is_only_thread_of_child(holder.task, waiter)) return;
  wait.holder = &holder;
  if (holder.task.id == waiter.id) {
    wait.state = Holder::itself;
  } else {
    wait.state = is_younger(holder, *wait.waiter) ? Holder::younger : Holder::another;
  }
}

// A lock of this process alone: all its threads were seen and none has the id. A shared one: the whole host
// was asked.
bool WaitGraph::is_absent(const LockWait& wait) const {
  const auto& waiter = wait.waiter->task;
  if (wait.lock.kind == LockKind::process) return false;  // it is a zombie until the wait ends
  if (is_of_one_process(wait.lock))
    return is_complete(waiter.process) && with_nameless_.count(waiter.process) == 0;
  const NamespacedId id{waiter.pid_namespace, *wait.lock.owner};
  return std::binary_search(changes_.absent.begin(), changes_.absent.end(), id);
}

// Start times are of the clock that goes on while the host is suspended, so on the other one they were no
// earlier than this.
bool WaitGraph::is_younger(const Change& holder, const Change& waiter) const {
  const auto born = instant_of_ns(holder.task.id.start_boottime_ns) - changes_.suspended;
  return waiter.waiting_since_exact && born > waiter.waiting_since;
}

const LockWait* WaitGraph::wait_of(const TaskId& id) const {
  const auto at = std::lower_bound(
      waits_.begin(), waits_.end(), id,
      [](const LockWait& wait, const TaskId& wanted) { return wait.waiter->task.id < wanted; });
  return at != waits_.end() && at->waiter->task.id == id ? &*at : nullptr;
}

bool WaitGraph::is_complete(const ProcessId& process) const {
  return std::binary_search(changes_.complete.begin(), changes_.complete.end(), process);
}

std::vector<const Change*> WaitGraph::path_from(const LockWait& wait) const {
  std::vector<const Change*> path{wait.waiter};
  const auto* at = &wait;
  while (at != nullptr && at->state == Holder::another) {
    if (std::find(path.begin(), path.end(), at->holder) != path.end()) break;
    path.push_back(at->holder);
    at = wait_of(at->holder->task.id);
  }
  return path;
}

}  // namespace wedged
