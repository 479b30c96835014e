// SPDX-License-Identifier: Apache-2.0
// self_deadlock: waits without a timeout, for longer than the threshold, for a lock that is not recursive and
// whose owner is the waiter itself. Nobody else may release it. Likely where other processes share the lock:
// in their PID namespace the id may mean somebody else.
#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"

namespace wedged {
namespace {

std::vector<std::string> evidence_of(const LockWait& wait, Duration threshold) {
  const auto& task = wait.waiter->task;
  const auto owner = std::to_string(*wait.lock.owner);
  std::vector<std::string> evidence;
  evidence.push_back("the owner recorded in the " + wait.lock.type + " is " + owner +
                     ": the waiting thread itself");
  if (task.namespace_tid != task.id.tid)
    evidence.push_back(owner + " is what thread " + std::to_string(task.id.tid) +
                       " is called in its PID namespace");
  if (wait.lock.owner_may_be_elsewhere) evidence.emplace_back(owner_may_be_elsewhere_text);
  evidence.push_back("waiting for " + spoken(wait.waiter->waiting) + reported_from(threshold) +
                     ", without a timeout, not scheduled since: " + std::to_string(task.switch_count) +
                     " context switches in both samples");
  return evidence;
}

Finding make_finding(const WaitGraph& graph, const LockWait& wait, Duration threshold) {
  auto finding = finding_of_wait(Cause::self_deadlock, graph, wait);
  finding.certainty = wait.lock.owner_may_be_elsewhere ? Certainty::likely : Certainty::certain;
  finding.summary =
      describe_task(finding.task) + " waits for a lock that it holds itself: " + describe_lock(wait.lock);
  const auto place = describe_place(finding.task, wait.lock);
  if (!place.empty()) finding.summary += ", in " + place;
  finding.evidence = evidence_of(wait, threshold);
  return finding;
}

}  // namespace

std::vector<Finding> find_self_deadlocks(const WaitGraph& graph, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& wait : graph.waits()) {
    if (wait.state != Holder::itself || wait.lock.recursive || waits_for_end(wait.lock.kind)) continue;
    if (is_overdue(wait, thresholds.lock_wait))
      findings.push_back(make_finding(graph, wait, thresholds.lock_wait));
  }
  return findings;
}

}  // namespace wedged
