// SPDX-License-Identifier: Apache-2.0
// StuckThreads: which threads, and processes, the findings of a sample are about. Pure; a view of the
// findings, which must outlive it.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "diagnosis/finding.h"
#include "top/table.h"

namespace wedged {

// Certain ones are the worse.
[[nodiscard]] TopAlarm alarm_of(const Finding& finding);

class StuckThreads {
 public:
  explicit StuckThreads(const std::vector<Finding>& findings);

  // Null: none. Of several the first certain one.
  [[nodiscard]] const Finding* finding_of(const TaskId& thread) const;
  [[nodiscard]] TopAlarm alarm_of(const TaskId& thread) const;
  [[nodiscard]] TopAlarm alarm_of(const ProcessId& process) const;
  // Threads of the process that are stuck: part of a finding, not merely its victims.
  [[nodiscard]] std::size_t count_in(const ProcessId& process) const;

 private:
  struct Process {
    std::set<TaskId> threads;
    TopAlarm alarm = TopAlarm::none;
  };
  std::map<TaskId, const Finding*> findings_;
  std::map<ProcessId, Process> processes_;
};

}  // namespace wedged
