// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/wait_graph.h"

#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/ended_thread.h"
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

// Who has a lock in this scan is the same for all who wait for it, and one of them may have verified it while
// others were looked at closely for the first time.
void share_holders(std::vector<LockWait>& waits) {
  std::map<std::uint64_t, const LockWait*> verified;
  for (const auto& wait : waits) {
    const auto* lock = wait.kernel_lock();
    if (lock != nullptr && wait.holder != nullptr) verified[lock->address] = &wait;
  }
  for (auto& wait : waits) {
    const auto* lock = wait.kernel_lock();
    if (lock == nullptr || wait.state != Holder::unknown || verified.count(lock->address) == 0) continue;
    const auto* holder = verified[lock->address]->holder;
    if (lock->owner != holder->task.id) continue;
    wait.holder = holder;
    wait.lock.owner = holder->task.id.tid;
    wait.state = holder == wait.waiter ? Holder::itself : Holder::another;
  }
}

}  // namespace

WaitGraph::WaitGraph(const Changes& changes) : changes_(changes) {
  for (const auto& change : changes.suspects) {
    const auto& task = change.task;
    if (task.state == RunState::dead) continue;
    if (task.shares_memory == true) {
      with_nameless_.insert(task.process);
      lenders_of_memory_.insert(task.parent_tgid);
    }
    if (task.namespace_tid == 0) {
      with_nameless_.insert(task.process);
    } else {
      by_namespaced_id_.emplace(NamespacedId{task.pid_namespace, task.namespace_tid}, &change);
    }
  }
  for (const auto& change : changes.suspects) {
    if (!change.same_wait) continue;
    if (change.task.state == RunState::sleeping) add_sleep(change);
    if (in_d_state(change.task.state) && change.task.details) add_kernel_wait(change);
  }
  share_holders(waits_);
  share_the_dead();
}

// A lock has one owner, and a dead one keeps it: what the first who waited tells holds for those that came
// later.
void WaitGraph::share_the_dead() {
  std::map<std::uint64_t, TaskId> dead;
  for (const auto& wait : waits_) {
    if (wait.dead && wait.kernel_lock() != nullptr) dead[wait.kernel_lock()->address] = *wait.dead;
  }
  for (auto& wait : waits_) {
    const auto* lock = wait.kernel_lock();
    if (lock != nullptr && wait.state == Holder::unknown && dead.count(lock->address) != 0)
      bury(wait, dead[lock->address]);
  }
}

const KernelLock* LockWait::kernel_lock() const {
  return lock.kind == LockKind::kernel ? &*waiter->task.details->kernel_lock : nullptr;
}

void WaitGraph::add_sleep(const Change& change) {
  auto lock = lock_of(change.task, library_of(changes_, change.task.process));
  if (!lock) lock = process_wait_of(change.task);
  if (!lock) return;
  LockWait wait{&change, std::move(*lock), Holder::unknown, nullptr, std::nullopt};
  resolve(wait);
  waits_.push_back(std::move(wait));
}

void WaitGraph::add_kernel_wait(const Change& change) {
  LockWait wait{&change, {}, Holder::unknown, nullptr, std::nullopt};
  wait.lock.process_private = false;
  wait.lock.layout_certain = true;
  if (change.task.details->kernel_lock) {
    wait.lock.kind = LockKind::kernel;
    wait.lock.type = describe_kernel_lock(*change.task.details->kernel_lock);
    resolve_kernel(wait);
  } else if (change.task.details->vfork_child) {
    wait.lock.kind = LockKind::process;
    wait.lock.owner = change.task.details->vfork_child;
    wait.lock.type = "exec or exit of its vfork child " + std::to_string(*wait.lock.owner);
    resolve_child(wait);
  } else {
    return;
  }
  waits_.push_back(std::move(wait));
}

const Change* WaitGraph::thread(const TaskId& id) const {
  const auto& all = changes_.suspects;
  const auto at =
      std::lower_bound(all.begin(), all.end(), id,
                       [](const Change& change, const TaskId& wanted) { return change.task.id < wanted; });
  return at != all.end() && at->task.id == id ? &*at : nullptr;
}

// A vfork child has one thread until it execs or exits.
void WaitGraph::resolve_child(LockWait& wait) const {
  const auto found =
      std::find_if(changes_.suspects.begin(), changes_.suspects.end(),
                   [&](const Change& change) { return change.task.id.tid == wait.lock.owner; });
  if (found == changes_.suspects.end() || found->task.state == RunState::dead) return;
  wait.holder = &*found;
  wait.state = Holder::another;
}

// Several may have died there one after the other: then the last of those that lived when the wait began.
const Death* WaitGraph::death_at(std::uint64_t address, const Change& waiter) const {
  const Death *last = nullptr, *last_alive_then = nullptr;
  for (const Death& death : changes_.deaths) {
    if (death.address != address || !ended_by_signal(death)) continue;
    last = &death;
    if (!waiter.waiting_since_exact || birth_of(death.id) <= waiter.waiting_since) last_alive_then = &death;
  }
  return last_alive_then != nullptr ? last_alive_then : last;
}

void WaitGraph::bury(LockWait& wait, const TaskId& dead) const {
  wait.state = Holder::gone;
  wait.dead = dead;
  wait.lock.owner = dead.tid;
}

// A lock names its owner by the address of the task. Where a thread died in the kernel with that address it
// has the lock for ever, whoever lives there now was born since: who began to wait before that birth waits
// for the dead; of later ones nobody can tell.
void WaitGraph::resolve_dead(LockWait& wait, const Death& death) const {
  const auto& lock = *wait.kernel_lock();
  if (lock.holder != KernelHolder::known || !lock.owner || lock.owner == death.id)
    return bury(wait, death.id);
  if (wait.waiter->waiting_since_exact && wait.waiter->waiting_since < birth_of(*lock.owner))
    return bury(wait, death.id);
  wait.lock.no_owner_reason = "thread " + std::to_string(death.id.tid) +
                              " died in the kernel, and a thread born since has its place in memory";
}

void WaitGraph::resolve_kernel(LockWait& wait) const {
  const auto& lock = *wait.waiter->task.details->kernel_lock;
  wait.lock.no_owner_reason = why_owner_is_unknown(lock);
  if (lock.owner_address == 0 || lock.holder == KernelHolder::unknown) return;
  if (!wait.waiter->same_owner_address) {
    wait.lock.no_owner_reason = wait.waiter->lock_seen_before ? "it has changed since the last scan"
                                                              : "it has been looked at only once";
    return;
  }
  const auto* owner = lock.holder == KernelHolder::known && lock.owner ? thread(*lock.owner) : nullptr;
  const auto* death = death_at(lock.owner_address, *wait.waiter);
  if (death != nullptr && (owner == nullptr || owner->task.id != death->id))
    return resolve_dead(wait, *death);
  if (!wait.waiter->same_owner) {
    wait.lock.no_owner_reason = "another thread lives at the address of its owner since the last scan";
    return;
  }
  if (owner == nullptr) {
    if (lock.holder == KernelHolder::gone) wait.state = Holder::gone;
    return;
  }
  if (owner->task.state == RunState::dead) return bury(wait, owner->task.id);
  wait.holder = owner;
  wait.lock.owner = owner->task.id.tid;
  wait.state = owner->task.id == wait.waiter->task.id ? Holder::itself : Holder::another;
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
  // The first processes of two containers have the same id.
  const bool itself = holder.task.id == waiter.id;
  if (itself && wait.lock.owner_may_be_elsewhere && waiter.pid_namespace != first_pid_namespace) return;
  wait.holder = &holder;
  if (itself) {
    wait.state = Holder::itself;
  } else {
    wait.state = is_younger(holder, *wait.waiter) ? Holder::younger : Holder::another;
  }
}

// A lock of this process alone: all its threads were seen and none has the id, and no other process has the
// same memory. A shared one: the whole host
// was asked.
bool WaitGraph::is_absent(const LockWait& wait) const {
  const auto& waiter = wait.waiter->task;
  if (wait.lock.kind == LockKind::process) return false;  // it is a zombie until the wait ends
  if (is_of_one_process(wait.lock))
    return is_complete(waiter.process) && with_nameless_.count(waiter.process) == 0 &&
           lenders_of_memory_.count(waiter.process.tgid) == 0;
  const NamespacedId id{waiter.pid_namespace, *wait.lock.owner};
  return std::binary_search(changes_.absent.begin(), changes_.absent.end(), id);
}

// Start times are of the clock that goes on while the host is suspended, so on the other one they were no
// earlier than this.
bool WaitGraph::is_younger(const Change& holder, const Change& waiter) const {
  return waiter.waiting_since_exact && birth_of(holder.task.id) > waiter.waiting_since;
}

Instant WaitGraph::birth_of(const TaskId& id) const {
  return instant_of_ns(id.start_boottime_ns) - changes_.suspended;
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
