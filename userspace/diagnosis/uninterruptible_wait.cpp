// SPDX-License-Identifier: Apache-2.0
// uninterruptible_wait: in D state (killable or not; not idle, not frozen) in one and the same wait for
// longer than the threshold; kernel threads too. The same wait: the switch count has not changed between two
// samples, nor have call and registers.
#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"

namespace wedged {
namespace {

// A vfork parent sleeps in D until its child has called exec or exited (kernel_clone, wait_for_vfork_done).
// That is what it asked for, and no fault of the kernel's.
bool waits_for_vfork_child(const Task& task) {
  if (task.state != RunState::killable) return false;
  const auto call = describe_call(task);
  return call == "vfork" || call == "clone" || call == "clone3";
}

std::vector<std::string> evidence_of(const Change& change, Duration threshold) {
  const auto& task = change.task;
  std::vector<std::string> evidence;
  evidence.push_back("state " + describe_state(task.state) + " for " + spoken(change.waiting) +
                     " (threshold " + spoken(threshold) + ")");
  evidence.push_back("not scheduled since: " + std::to_string(task.switch_count) +
                     " context switches in both samples");
  if (!change.waiting_since_exact)
    evidence.push_back("began before it was watched; its start is reckoned from the scheduler's figures");
  if (!task.details) evidence.push_back("stack, file and executable could not be read");
  return evidence;
}

Finding make_finding(const Change& change, Duration threshold) {
  const auto& task = change.task;
  Finding finding;
  finding.key = {Cause::uninterruptible_wait, task.id};
  finding.certainty = Certainty::likely;
  finding.task = task;
  finding.unit = task.details ? unit_of(task.details->cgroup) : "";
  finding.since = change.waiting_since;
  finding.since_exact = change.waiting_since_exact;
  finding.lasted = change.waiting;
  const auto call = describe_call(task);
  finding.summary = describe_task(task) + " has not moved for " + spoken(change.waiting) + ": " +
                    (call.empty() ? "it" : call) + " waits for " + describe_root(task);
  finding.evidence = evidence_of(change, threshold);
  finding.chain = blame_chain(task);
  finding.threads.push_back(stuck_thread(change));
  return finding;
}

}  // namespace

std::vector<Finding> find_uninterruptible_waits(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& change : changes.suspects) {
    if (!in_d_state(change.task.state) || !change.same_wait) continue;
    if (change.waiting <= thresholds.uninterruptible_wait || waits_for_vfork_child(change.task)) continue;
    findings.push_back(make_finding(change, thresholds.uninterruptible_wait));
  }
  return findings;
}

}  // namespace wedged
