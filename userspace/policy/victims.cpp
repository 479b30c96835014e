// SPDX-License-Identifier: Apache-2.0
#include "policy/victims.h"

#include <algorithm>
#include <map>

#include "diagnosis/describe.h"

namespace wedged {
namespace {

std::string unit_of_task(const Task& task) {
  return task.details ? unit_of(task.details->cgroup) : std::string{};
}

Finding view_of(const Finding& root, std::vector<StuckThread> threads, Instant now) {
  std::stable_sort(threads.begin(), threads.end(),
                   [](const auto& left, const auto& right) { return left.waiting > right.waiting; });
  const StuckThread& longest = threads.front();
  Finding view;
  view.key = {Cause::waits_for_stuck, longest.task.id};
  view.certainty = root.certainty;
  view.task = longest.task;
  view.unit = unit_of_task(longest.task);
  view.since = now - longest.waiting;
  view.lasted = longest.waiting;
  view.summary = describe_task(longest.task) + " waits for " + longest.waits_for + "; " + root.summary;
  view.evidence = root.evidence;
  view.chain.push_back({"waits for", longest.waits_for});
  view.chain.insert(view.chain.end(), root.chain.begin(), root.chain.end());
  view.threads = std::move(threads);
  return view;
}

}  // namespace

std::vector<Finding> victims_of(const Finding& root, Instant now) {
  std::map<ProcessId, std::vector<StuckThread>> by_process;
  for (const StuckThread& victim : root.victims) {
    if (victim.task.process != root.task.process) by_process[victim.task.process].push_back(victim);
  }
  std::vector<Finding> views;
  for (auto& [process, threads] : by_process) views.push_back(view_of(root, std::move(threads), now));
  return views;
}

std::string foreign_victims(const Finding& root) {
  for (const StuckThread& victim : root.victims) {
    if (victim.task.process == root.task.process) continue;
    const std::string who = describe_task(victim.task);
    const bool known = victim.task.details && !victim.task.details->cgroup.empty();
    if (!known) return "nobody knows which unit " + who + " is of, which waits for it";
    const std::string unit = unit_of_task(victim.task);
    if (unit != root.unit) return who + " of " + (unit.empty() ? "no unit" : unit) + " waits for it";
  }
  return {};
}

}  // namespace wedged
