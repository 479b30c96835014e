// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/standstill_text.h"

#include <linux/sched.h>

#include <algorithm>
#include <array>

#include "diagnosis/describe.h"

namespace wedged {
namespace {

std::string tracer_of(const Task& task, const Changes& changes) {
  if (task.tracer_tgid == 0) return "a tracer";
  const auto tgid = std::to_string(task.tracer_tgid);
  const auto found =
      std::find_if(changes.suspects.begin(), changes.suspects.end(),
                   [&](const Change& change) { return change.task.process.tgid == task.tracer_tgid; });
  if (found == changes.suspects.end()) return "its tracer, process " + tgid;
  return "its tracer " + found->task.process_comm + "[" + tgid + "]";
}

std::string freezer_of(const Task& task) {
  const auto cgroup = task.details ? task.details->cgroup : std::string{};
  return "the freezer of its cgroup" + (cgroup.empty() ? "" : " " + cgroup) + " (cgroup.freeze)";
}

}  // namespace

// sched(7); 7 is SCHED_EXT since Linux 6.12, which its header did not have before.
std::string describe_policy(const Scheduling& scheduling) {
  struct Name {
    int policy;
    const char* name;
  };
  constexpr std::array names{Name{SCHED_NORMAL, "SCHED_OTHER"},
                             Name{SCHED_FIFO, "SCHED_FIFO"},
                             Name{SCHED_RR, "SCHED_RR"},
                             Name{SCHED_BATCH, "SCHED_BATCH"},
                             Name{SCHED_IDLE, "SCHED_IDLE"},
                             Name{SCHED_DEADLINE, "SCHED_DEADLINE"},
                             Name{7, "SCHED_EXT"}};
  const auto* const found = std::find_if(names.begin(), names.end(),
                                         [&](const Name& name) { return name.policy == scheduling.policy; });
  const std::string name = found == names.end() ? "policy " + std::to_string(scheduling.policy) : found->name;
  return scheduling.rt_priority > 0 ? name + " " + std::to_string(scheduling.rt_priority) : name;
}

std::string describe_occupant(const Task& task, const Changes& changes) {
  const auto& tid = task.scheduling.cpu_occupant;
  if (!tid) return {};
  if (*tid == 0) return "nobody: it is idle";
  const auto found = std::find_if(changes.suspects.begin(), changes.suspects.end(),
                                  [&](const Change& change) { return change.task.id.tid == *tid; });
  if (found == changes.suspects.end()) return "thread " + std::to_string(*tid);
  return describe_task(found->task) + ", " + describe_policy(found->task.scheduling);
}

std::string describe_stopper(const Task& task, const Changes& changes) {
  // The kernel counts these two as frozen as well (cgroup_enter_frozen in ptrace_stop and do_signal_stop),
  // whether or not somebody freezes their cgroup.
  if (task.state == RunState::traced) return tracer_of(task, changes);
  if (task.state == RunState::stopped) return "a job control signal (SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU)";
  if (task.cgroup_frozen) return freezer_of(task);
  return "a freezer (of cgroup v1, or of the host's suspend)";
}

}  // namespace wedged
