// SPDX-License-Identifier: Apache-2.0
#include "kernel/relatives.h"

#include <algorithm>
#include <set>

namespace wedged {
namespace {

constexpr int rounds = 8;                       // locks in a row, each held by who waits for the next
constexpr std::size_t relatives_at_most = 256;  // per scan

class Relatives {
 public:
  Relatives(std::vector<Task>& tasks, const ReadTasks& read) : tasks_(tasks), read_(read) {
    for (const auto& task : tasks_) note(task);
  }

  void collect() {
    for (int round = 0; round < rounds; ++round) {
      const auto wanted = missing();
      if (wanted.empty() || !fetch(wanted)) break;
    }
  }

  void settle() {
    for (auto& task : tasks_) {
      if (task.details && task.details->kernel_lock) settle(*task.details->kernel_lock);
    }
    std::sort(tasks_.begin(), tasks_.end(), [](const Task& a, const Task& b) { return a.id < b.id; });
  }

 private:
  void note(const Task& task) {
    tids_.insert(task.id.tid);
    if (task.address != 0) by_address_.emplace(task.address, task.id);
  }

  void want(int tid, std::vector<TaskId>& wanted) {
    if (tid <= 0 || tids_.count(tid) != 0 || wanted.size() >= relatives_at_most) return;
    if (asked_.insert(tid).second) wanted.push_back({0, tid, 0});
  }

  std::vector<TaskId> missing() {
    std::vector<TaskId> wanted;
    for (const auto& task : tasks_) {
      if (task.scheduling.cpu_occupant) want(*task.scheduling.cpu_occupant, wanted);
      if (task.suspect) want(task.tracer_tgid, wanted);
      if (!task.details) continue;
      if (task.details->vfork_child) want(*task.details->vfork_child, wanted);
      const auto& lock = task.details->kernel_lock;
      if (lock && lock->owner && by_address_.count(lock->owner_address) == 0) want(lock->owner->tid, wanted);
    }
    return wanted;
  }

  bool fetch(const std::vector<TaskId>& wanted) {
    auto records = read_(wanted);
    if (!records) return false;
    for (const auto& id : wanted) answered_.insert(id.tid);
    for (auto& task : records->detailed) {
      if (tids_.count(task.id.tid) != 0) continue;
      task.suspect = false;
      note(task);
      if (const auto wait = records->kernel_waits.find(task.id); wait != records->kernel_waits.end())
        task.details->kernel_lock = kernel_lock_of(wait->second);
      tasks_.push_back(std::move(task));
    }
    return true;
  }

  // Whoever has the owner's id now was looked at, and is another task: then the owner is none any more. No
  // task has an id below 1: the memory is not a task's.
  void settle(KernelLock& lock) const {
    if (!lock.owner) return;
    const auto found = by_address_.find(lock.owner_address);
    const int tid = lock.owner->tid;
    const bool looked_at = tid <= 0 || tids_.count(tid) != 0 || answered_.count(tid) != 0;
    lock.owner.reset();
    if (found != by_address_.end()) {
      lock.owner = found->second;
      lock.holder = KernelHolder::known;
    } else if (looked_at) {
      lock.holder = KernelHolder::gone;
    }
  }

  std::vector<Task>& tasks_;
  const ReadTasks& read_;
  std::set<int> tids_;      // of all tasks
  std::set<int> asked_;     // once is enough
  std::set<int> answered_;  // whether they exist or not
  std::map<std::uint64_t, TaskId> by_address_;
};

}  // namespace

void add_relatives(std::vector<Task>& tasks, const std::map<TaskId, KernelWait>& waits,
                   const ReadTasks& read) {
  for (auto& task : tasks) {
    const auto wait = waits.find(task.id);
    if (task.details && wait != waits.end()) task.details->kernel_lock = kernel_lock_of(wait->second);
  }
  Relatives relatives(tasks, read);
  relatives.collect();
  relatives.settle();
}

}  // namespace wedged
