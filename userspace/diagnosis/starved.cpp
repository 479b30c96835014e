// SPDX-License-Identifier: Apache-2.0
// starved: ready to run, but on no CPU for longer than the threshold, and neither frozen nor held back by the
// quota of its own cgroup (cpu.max); kernel threads too.
#include <linux/sched.h>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/standstill_text.h"

namespace wedged {
namespace {

// Idle tasks have the id 0: they are ready whenever nobody else is.
bool starves(const Change& change, Duration threshold) {
  const auto& task = change.task;
  return task.id.tid != 0 && task.state == RunState::running && change.same_turn &&
         change.runnable > threshold && !task.scheduling.throttled && !task.cgroup_frozen;
}

std::vector<std::string> evidence_of(const Change& change, const std::string& occupant, Duration threshold) {
  const auto& task = change.task;
  const auto cpu = "CPU " + std::to_string(task.scheduling.cpu);
  std::vector<std::string> evidence{
      "ready to run for " + spoken(*change.runnable) + reported_from(threshold),
      "not scheduled since: " + std::to_string(task.switch_count) + " context switches in both samples",
      "queued on " + cpu + " with " + describe_policy(task.scheduling)};
  evidence.push_back(occupant.empty() ? "who runs on " + cpu + " is not known" : cpu + " runs " + occupant);
  return evidence;
}

Finding make_finding(const Change& change, const Changes& changes, Duration threshold) {
  const auto& task = change.task;
  const auto cpu = "CPU " + std::to_string(task.scheduling.cpu);
  const auto occupant = describe_occupant(task, changes);
  Finding finding;
  finding.key = {Cause::starved, task.id};
  // SCHED_IDLE asks for no more than what nobody else wants.
  finding.certainty = task.scheduling.policy == SCHED_IDLE ? Certainty::possible : Certainty::likely;
  finding.task = task;
  finding.unit = task.details ? unit_of(task.details->cgroup) : "";
  finding.since = *task.scheduling.runnable_since;
  finding.since_exact = true;
  finding.lasted = *change.runnable;
  finding.summary = describe_task(task) + " has been ready to run for " + spoken(*change.runnable) +
                    " and gets no CPU" + (occupant.empty() ? "" : ": " + cpu + " runs " + occupant);
  finding.evidence = evidence_of(change, occupant, threshold);
  finding.chain.push_back({"waits for", cpu});
  if (!occupant.empty()) finding.chain.push_back({"which runs", occupant});
  finding.threads.push_back({task, *change.runnable, change.in_call, cpu});
  return finding;
}

}  // namespace

std::vector<Finding> find_starved_threads(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& change : changes.suspects) {
    if (starves(change, thresholds.starved))
      findings.push_back(make_finding(change, changes, thresholds.starved));
  }
  return findings;
}

}  // namespace wedged
