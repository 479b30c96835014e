// SPDX-License-Identifier: Apache-2.0
// dead_owner: waits without a timeout, for longer than the threshold, for a lock whose owner's id belongs to
// no thread any more, or to one that is younger than the wait. One finding per lock, with all who wait for
// it.
#include <algorithm>
#include <map>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"

namespace wedged {
namespace {

using Waiters = std::vector<const LockWait*>;

// A private lock is known by its address in the process. A shared one may be mapped elsewhere: then each
// process tells.
std::map<std::pair<ProcessId, std::uint64_t>, Waiters> ownerless_locks(const WaitGraph& graph,
                                                                       Duration threshold) {
  std::map<std::pair<ProcessId, std::uint64_t>, Waiters> locks;
  for (const auto& wait : graph.waits()) {
    const bool ownerless = wait.state == Holder::gone || wait.state == Holder::younger;
    if (wait.kernel_lock() != nullptr) continue;  // uninterruptible_wait: diagnosis/kernel_lock_wait.cpp
    if (ownerless && !waits_for_end(wait.lock.kind) && is_overdue(wait, threshold))
      locks[{wait.waiter->task.process, wait.lock.address}].push_back(&wait);
  }
  return locks;
}

const LockWait& oldest_of(const Waiters& waiters) {
  return **std::min_element(waiters.begin(), waiters.end(), [](const LockWait* a, const LockWait* b) {
    return std::pair(a->waiter->waiting_since, a->waiter->task.id) <
           std::pair(b->waiter->waiting_since, b->waiter->task.id);
  });
}

// What the memory of the lock says, and what is known of the id in it.
std::string proof_of(const LockWait& wait) {
  const auto& lock = wait.lock;
  if (lock.owner_died) return "the word of the " + lock.type + " says that its owner died while it held it";
  const auto recorded = "the owner recorded in the " + lock.type + " is " + std::to_string(*lock.owner);
  if (wait.state == Holder::younger)
    return recorded + ", but the thread with that id was born after the wait began";
  if (!lock.process_private) return recorded + ", and no thread of this host has that id";
  return recorded + ", and none of the process's " + std::to_string(wait.waiter->task.process_threads) +
         " threads has that id";
}

std::vector<std::string> evidence_of(const LockWait& wait, const Waiters& waiters, Duration threshold) {
  std::vector<std::string> evidence{proof_of(wait)};
  if (wait.lock.robust)
    evidence.push_back("the mutex is robust: the kernel should have handed it on, so its list may be broken");
  evidence.push_back("waiting for " + spoken(wait.waiter->waiting) + reported_from(threshold) +
                     ", without a timeout");
  if (waiters.size() > 1) evidence.push_back(std::to_string(waiters.size()) + " threads wait for it");
  return evidence;
}

Finding make_finding(const WaitGraph& graph, const Waiters& waiters, Duration threshold) {
  const auto& wait = oldest_of(waiters);
  auto finding = finding_of_wait(Cause::dead_owner, graph, wait);
  // Who shares the lock from another PID namespace leaves an id there that means somebody else here.
  const bool sure = wait.state == Holder::gone && !wait.lock.robust && wait.lock.process_private;
  finding.certainty = sure ? Certainty::certain : Certainty::likely;
  finding.summary = describe_task(finding.task) + " waits for " + describe_lock(wait.lock) + ", held by " +
                    gone_words(wait.lock) + ": nobody can release it";
  finding.evidence = evidence_of(wait, waiters, threshold);
  for (const auto* other : waiters) {
    if (other != &wait) finding.threads.push_back(stuck_thread_of(*other));
  }
  return finding;
}

}  // namespace

std::vector<Finding> find_dead_owners(const WaitGraph& graph, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& [lock, waiters] : ownerless_locks(graph, thresholds.lock_wait))
    findings.push_back(make_finding(graph, waiters, thresholds.lock_wait));
  return findings;
}

}  // namespace wedged
