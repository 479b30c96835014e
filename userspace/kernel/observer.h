// SPDX-License-Identifier: Apache-2.0
// Observer: one scan of the kernel as one Snapshot. Joins first pass, second pass, devices and FUSE servers.
// Not thread-safe; the scan loop owns it.
#pragma once

#include <map>
#include <vector>

#include "kernel/decode.h"
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
  [[nodiscard]] bool apply_known(Task& task);
  void complete_device(TaskDetails& details) const;
  void complete_servers(std::vector<Task*>& tasks);
  [[nodiscard]] Result<std::vector<Task>> read_details(const std::vector<TaskId>& wanted);

  Probes probes_;
  DecodeFacts facts_;
  std::map<TaskId, Known> known_;
  std::uint64_t malformed_ = 0;
  std::uint64_t details_missing_ = 0;
};

}  // namespace wedged
