// SPDX-License-Identifier: Apache-2.0
#include "policy/guard.h"

#include <algorithm>

#include "policy/match.h"
#include "policy/protection.h"

namespace wedged {
namespace {

using Objected = std::optional<Objection>;

// The stuck thread that speaks for the finding, and all others of it.
std::vector<const Task*> tasks_of(const Finding& finding) {
  std::vector<const Task*> tasks{&finding.task};
  for (const StuckThread& thread : finding.threads) tasks.push_back(&thread.task);
  return tasks;
}

Objected init_process(const Finding& finding) {
  if (finding.task.process.tgid != 1) return {};
  return Objection{Refusal::init_process, "process 1 is never signalled"};
}

Objected kernel_thread(const Finding& finding) {
  const auto tasks = tasks_of(finding);
  if (std::none_of(tasks.begin(), tasks.end(), [](const Task* task) { return task->kernel_thread; }))
    return {};
  return Objection{Refusal::kernel_thread, "it is a kernel thread, and no signal ends those"};
}

Objected self(const Finding& finding, const Surroundings& surroundings) {
  if (finding.task.process.tgid != surroundings.own_tgid) return {};
  return Objection{Refusal::self, "it is the monitor itself"};
}

Objected own_ancestor(const Finding& finding, const Surroundings& surroundings) {
  const auto& ancestors = surroundings.ancestors;
  if (std::find(ancestors.begin(), ancestors.end(), finding.task.process.tgid) == ancestors.end()) return {};
  return Objection{Refusal::own_ancestor, "the monitor descends from it"};
}

// Any thread's name protects: one stuck thread of a protected process may have been renamed, or the process
// itself.
Objected protected_name(const Policy& policy, const Finding& finding) {
  const auto objected = [&](const std::string& text, bool is_path) -> Objected {
    const std::string* glob = protecting_glob(policy.protect, text, is_path);
    if (!glob) return {};
    return Objection{Refusal::protected_name, text + " is protected (" + *glob + ")"};
  };
  for (const Task* task : tasks_of(finding)) {
    if (auto objection = objected(task->process_comm, false)) return objection;
    if (auto objection = objected(task->comm, false)) return objection;
    if (auto objection = objected(exe_of(*task), true)) return objection;
  }
  return {};
}

Objected unknown(const std::string& what) {
  return Objection{Refusal::unknown_facts, what + ", so nothing is done to it"};
}

Objected unknown_facts(const Policy& policy, const Finding& finding, const Surroundings& surroundings) {
  const Task& task = finding.task;
  if (surroundings.own_tgid <= 0) return unknown("the monitor does not know which process it is itself");
  if (task.process.tgid <= 0 || task.id.tgid != task.process.tgid || task.id.tid <= 0) {
    return unknown("the process's id is not known");
  }
  if (task.process.start_boottime_ns == 0 || task.id.start_boottime_ns == 0) {
    return unknown("the process's start time is not known");
  }
  if (process_name_of(task).empty()) return unknown("the process's name is not known");
  if (!task.details) return unknown("the process's details could not be read");
  if (exe_of(task).empty() && protects_paths(policy.protect)) {
    return unknown("executables are protected, and the process's is not known");
  }
  return {};
}

}  // namespace

Objected guard(const Policy& policy, const Finding& finding, const Surroundings& surroundings) {
  Objected objection = init_process(finding);
  if (!objection) objection = kernel_thread(finding);
  if (!objection) objection = self(finding, surroundings);
  if (!objection) objection = own_ancestor(finding, surroundings);
  if (!objection) objection = protected_name(policy, finding);
  if (!objection) objection = unknown_facts(policy, finding, surroundings);
  return objection;
}

}  // namespace wedged
