// SPDX-License-Identifier: Apache-2.0
#include "top/stuck_threads.h"

#include <algorithm>

namespace wedged {

TopAlarm alarm_of(const Finding& finding) {
  return finding.certainty == Certainty::certain ? TopAlarm::bad : TopAlarm::warning;
}

StuckThreads::StuckThreads(const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    const auto alarm = wedged::alarm_of(finding);
    for (const auto& thread : finding.threads) {
      auto& known = findings_[thread.task.id];
      if (known == nullptr || wedged::alarm_of(*known) < alarm) known = &finding;
      auto& process = processes_[thread.task.process];
      process.threads.insert(thread.task.id);
      process.alarm = std::max(process.alarm, alarm);
    }
  }
}

const Finding* StuckThreads::finding_of(const TaskId& thread) const {
  const auto found = findings_.find(thread);
  return found == findings_.end() ? nullptr : found->second;
}

TopAlarm StuckThreads::alarm_of(const TaskId& thread) const {
  const auto* finding = finding_of(thread);
  return finding == nullptr ? TopAlarm::none : wedged::alarm_of(*finding);
}

TopAlarm StuckThreads::alarm_of(const ProcessId& process) const {
  const auto found = processes_.find(process);
  return found == processes_.end() ? TopAlarm::none : found->second.alarm;
}

std::size_t StuckThreads::count_in(const ProcessId& process) const {
  const auto found = processes_.find(process);
  return found == processes_.end() ? 0 : found->second.threads.size();
}

}  // namespace wedged
