// SPDX-License-Identifier: Apache-2.0
// Observer: one scan of the kernel as one Snapshot. Joins first pass, second pass, devices and FUSE servers.
// Not thread-safe; the scan loop owns it.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "kernel/decode.h"
#include "kernel/loops.h"
#include "kernel/peers.h"
#include "kernel/probes.h"
#include "observation/snapshot.h"
#include "util/result.h"

namespace wedged {

class Observer {
 public:
  Observer(Probes probes, DecodeFacts facts);

  [[nodiscard]] Result<Snapshot> scan(const ClockPair& now);

  // Looks at one task again, now, with fresh details. Kind `gone` if it no longer exists.
  [[nodiscard]] Result<Task> sample_again(const TaskId& id);

  // From the next scan on every thread of these processes is in the snapshot, suspect or not; those that wait
  // for a lock with details, `with_details` all of them.
  void watch(std::vector<ProcessId> processes, bool with_details = false);
  // These futex waits were looked at: their threads are no suspects for them any more.
  void set_aside(const std::vector<Wait>& waits);
  // ... until now: all of them are looked at again.
  void forget_set_aside() { probes_.begin_aside_epoch(); }

  // The processes that these threads belong to now, by id as the first PID namespace has them; those that
  // exist. A thread that has exited exists as long as its process keeps it, but owns nothing any more.
  [[nodiscard]] Result<std::map<int, ProcessId>> look_up(const std::vector<int>& tids,
                                                         bool exited_too = false);

  [[nodiscard]] const DecodeFacts& facts() const { return facts_; }
  [[nodiscard]] Probes& probes() { return probes_; }
  [[nodiscard]] const Probes& probes() const { return probes_; }

 private:
  // Details hold as long as the thread has not moved; they are read again after this many scans all the same.
  static constexpr unsigned details_live_for = 30;
  struct Known {
    std::uint64_t switch_count = 0;
    int call_number = -1;
    unsigned age = 0;  // in scans
    TaskDetails details;
  };

  void complete(std::vector<Task>& suspects);
  [[nodiscard]] bool wants_details(const Task& task) const;
  [[nodiscard]] std::vector<ProcessId> complete_processes(const std::vector<Task>& tasks) const;
  [[nodiscard]] bool apply_known(Task& task);
  void complete_servers(std::vector<Task*>& tasks);
  [[nodiscard]] Result<std::vector<Task>> read_details(const std::vector<TaskId>& wanted);
  [[nodiscard]] Result<DecodedRecords> read_records(const std::vector<TaskId>& wanted);

  Probes probes_;
  DecodeFacts facts_;
  OtherEnds other_ends_;
  Loops loops_;
  std::map<TaskId, Known> known_;
  std::vector<ProcessId> watched_;  // sorted
  std::set<ProcessId> leaderless_;  // in the present scan
  bool details_of_watched_ = false;
  std::uint64_t malformed_ = 0;
  std::uint64_t details_missing_ = 0;
};

}  // namespace wedged
