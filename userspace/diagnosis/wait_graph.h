// SPDX-License-Identifier: Apache-2.0
// WaitGraph: who waits for whom: each thread that sleeps for a lock, of a program or of the kernel, or for a
// child, and the thread that holds it. Pure. Only waits that two samples have verified are in it; a holder is
// named only if its id means a thread of the right PID namespace, and "gone" is said only where every thread
// that it could be was seen.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "observation/history.h"
#include "observation/lock.h"

namespace wedged {

enum class Holder {
  unknown,  // not recorded, or it could not be looked up
  itself,
  another,  // LockWait::holder
  gone,     // the id belongs to no thread any more
  younger,  // the id belongs to a thread that was born after the wait began: it was reused
};

struct LockWait {
  const Change* waiter = nullptr;
  Lock lock;
  Holder state = Holder::unknown;
  const Change* holder = nullptr;  // for `itself`, `another` and `younger`
  std::optional<TaskId> dead;      // for `gone`: who it was, where that is known

  // Of a lock of the kernel; null for all others.
  [[nodiscard]] const KernelLock* kernel_lock() const;
};

class WaitGraph {
 public:
  // `changes` outlives it.
  explicit WaitGraph(const Changes& changes);

  [[nodiscard]] const Changes& changes() const { return changes_; }
  [[nodiscard]] const std::vector<LockWait>& waits() const { return waits_; }  // by task id
  [[nodiscard]] const LockWait* wait_of(const TaskId& id) const;               // null: waits for no lock
  [[nodiscard]] bool is_complete(const ProcessId& process) const;

  // From a waiter to the thread at the end of its waits, both included; ends early where it would meet a
  // thread twice.
  [[nodiscard]] std::vector<const Change*> path_from(const LockWait& wait) const;

 private:
  void add_sleep(const Change& change);
  void add_kernel_wait(const Change& change);
  void resolve(LockWait& wait) const;
  void resolve_kernel(LockWait& wait) const;
  void resolve_dead(LockWait& wait, const Death& death) const;
  void resolve_child(LockWait& wait) const;
  void share_the_dead();
  void bury(LockWait& wait, const TaskId& dead) const;
  [[nodiscard]] const Death* death_at(std::uint64_t address, const Change& waiter) const;
  [[nodiscard]] const Change* thread(const TaskId& id) const;
  [[nodiscard]] Instant birth_of(const TaskId& id) const;
  [[nodiscard]] bool is_absent(const LockWait& wait) const;
  [[nodiscard]] bool is_younger(const Change& holder, const Change& waiter) const;

  const Changes& changes_;
  std::map<NamespacedId, const Change*> by_namespaced_id_;
  // Any owner may be of theirs: a thread could not be asked for its id, or their memory is another's as well.
  std::set<ProcessId> with_nameless_;
  std::set<int> lenders_of_memory_;  // tgids of those with whom others share theirs
  std::vector<LockWait> waits_;
};

}  // namespace wedged
