// SPDX-License-Identifier: Apache-2.0
// uninterruptible_wait of who waits for somebody: for a lock of the kernel or for a vfork child. If whoever
// is at the end of the chain is stuck by itself, these are its victims and no finding of their own. Here is
// what is left: the owner is dead or unknown, or goes about its business and does not come back. All who wait
// behind the same end are one finding, that of the one who has waited longest, with the others as victims.
#include <algorithm>
#include <map>
#include <set>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"
#include "diagnosis/unread_wait.h"

namespace wedged {
namespace {

using Waits = std::vector<const LockWait*>;

// A thread, or a lock of which nobody living is known to hold it.
struct End {
  TaskId thread;
  std::uint64_t lock = 0;

  auto operator<=>(const End&) const = default;
};

std::set<TaskId> stuck_threads(const std::vector<Finding>& findings) {
  std::set<TaskId> stuck;
  for (const auto& finding : findings) {
    if (!is_root(finding.key.cause)) continue;
    for (const auto& thread : finding.threads) stuck.insert(thread.task.id);
  }
  return stuck;
}

// Whoever is at the end may be found to wait for another in the next scan.
bool ends_at_unread(const WaitGraph& graph, const LockWait& wait, Duration threshold) {
  const auto& last = *graph.path_from(wait).back();
  return graph.wait_of(last.task.id) == nullptr && is_yet_to_be_read(last, threshold);
}

bool is_victim(const WaitGraph& graph, const LockWait& wait, const std::set<TaskId>& stuck) {
  const auto path = graph.path_from(wait);
  const auto* last = graph.wait_of(path.back()->task.id);
  if (last != nullptr && last->dead && stuck.count(*last->dead) != 0) return true;
  return std::any_of(path.begin(), path.end(),
                     [&](const Change* thread) { return stuck.count(thread->task.id) != 0; });
}

End end_of(const WaitGraph& graph, const LockWait& wait) {
  const auto path = graph.path_from(wait);
  const auto* last = graph.wait_of(path.back()->task.id);
  const auto* lock = last == nullptr ? nullptr : last->kernel_lock();
  return lock == nullptr ? End{path.back()->task.id, 0} : End{{}, lock->address};
}

std::map<End, Waits> waits_by_end(const WaitGraph& graph, Duration threshold, const std::set<TaskId>& stuck) {
  std::map<End, Waits> ends;
  for (const auto& wait : graph.waits()) {
    const auto& waiter = *wait.waiter;
    if (!in_d_state(waiter.task.state) || waiter.waiting <= threshold) continue;
    if (ends_at_unread(graph, wait, threshold)) continue;
    if (!is_victim(graph, wait, stuck)) ends[end_of(graph, wait)].push_back(&wait);
  }
  return ends;
}

std::string held_by(const LockWait& wait) {
  const auto& task = wait.waiter->task;
  switch (wait.state) {
    case Holder::another:
      return (waits_for_end(wait.lock.kind) ? ", which is " : ", held by ") +
             describe_holder(wait.holder->task, task);
    case Holder::gone: return ", held by " + gone_words(wait.lock);
    case Holder::itself: return ", held by itself";
    default: break;
  }
  return wait.lock.no_owner_reason.empty() ? "" : ", owner unknown: " + wait.lock.no_owner_reason;
}

std::vector<std::string> evidence_of(const LockWait& wait, std::size_t waiters, Duration threshold) {
  const auto& waiter = *wait.waiter;
  std::vector<std::string> evidence;
  evidence.push_back("state " + describe_state(waiter.task.state) + " for " + spoken(waiter.waiting) +
                     reported_from(threshold));
  evidence.push_back("not scheduled since: " + std::to_string(waiter.task.switch_count) +
                     " context switches in both samples");
  if (wait.state == Holder::gone)
    evidence.emplace_back(
        "no task has the address that the lock names as its owner's: nobody will release it");
  if (!waiter.waiting_since_exact)
    evidence.push_back("began before it was watched; its start is reckoned from the scheduler's figures");
  if (waiters > 1) evidence.push_back(std::to_string(waiters) + " threads wait for the same");
  return evidence;
}

const LockWait& oldest_of(const Waits& waits) {
  return **std::min_element(waits.begin(), waits.end(), [](const LockWait* a, const LockWait* b) {
    return std::pair(a->waiter->waiting_since, a->waiter->task.id) <
           std::pair(b->waiter->waiting_since, b->waiter->task.id);
  });
}

Finding make_finding(const WaitGraph& graph, const Waits& waits, Duration threshold) {
  const auto& wait = oldest_of(waits);
  auto finding = finding_of_wait(Cause::uninterruptible_wait, graph, wait);
  finding.certainty = wait.state == Holder::gone ? Certainty::certain : Certainty::likely;
  const auto call = describe_call(finding.task);
  const auto awaited = waits_for_end(wait.lock.kind) ? "the " + wait.lock.type : describe_lock(wait.lock);
  finding.summary = describe_task(finding.task) + " has not moved for " + spoken(finding.lasted) + ": " +
                    (call.empty() ? "it" : call) + " waits for " + awaited + held_by(wait);
  finding.evidence = evidence_of(wait, waits.size(), threshold);
  for (const auto* other : waits) {
    if (other != &wait) finding.victims.push_back(stuck_thread_of(*other));
  }
  return finding;
}

}  // namespace

std::vector<Finding> find_kernel_lock_waits(const WaitGraph& graph, const Thresholds& thresholds,
                                            const std::vector<Finding>& others) {
  std::vector<Finding> findings;
  const auto stuck = stuck_threads(others);
  for (const auto& [end, waits] : waits_by_end(graph, thresholds.uninterruptible_wait, stuck))
    findings.push_back(make_finding(graph, waits, thresholds.uninterruptible_wait));
  return findings;
}

}  // namespace wedged
