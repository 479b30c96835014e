// SPDX-License-Identifier: Apache-2.0
// fork_inherited_lock: forked from a process with several threads, no exec since, and every thread of the
// process waits, without a timeout and for longer than the threshold, for process-private locks that no
// thread of it owns. The child got a copy of the lock as another thread of its parent held it, and no thread
// that could unlock it.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"
#include "diagnosis/process_threads.h"

namespace wedged {
namespace {

// Nobody of this process: an owner that it does not have, or a lock that was never meant to tell.
bool is_nobodys(const LockWait& wait) {
  if (wait.lock.kind == LockKind::plain_lock) return true;
  const bool lock = wait.lock.kind == LockKind::mutex || wait.lock.kind == LockKind::rwlock;
  return lock && (wait.state == Holder::gone || wait.state == Holder::younger);
}

bool holds(const ProcessThreads& process, const std::vector<const LockWait*>& waits) {
  if (waits.empty() || !process.leader->forked_without_exec) return false;
  if (process.leader->forked_from_threads == false) return false;
  if (process.leader->shares_memory == true) return false;  // it is no copy
  return std::all_of(waits.begin(), waits.end(), [](const LockWait* wait) { return is_nobodys(*wait); });
}

std::optional<unsigned> parent_threads_of(const Task& leader) {
  return leader.details ? leader.details->parent_threads : std::nullopt;
}

Certainty certainty_of(const Task& leader, const std::vector<const LockWait*>& waits) {
  if (leader.forked_from_threads == true) return Certainty::certain;
  if (parent_threads_of(leader).value_or(1) > 1) return Certainty::likely;
  const bool owners_elsewhere = std::all_of(waits.begin(), waits.end(), [](const LockWait* wait) {
    return wait->lock.kind != LockKind::plain_lock;
  });
  return owners_elsewhere ? Certainty::likely : Certainty::possible;
}

std::string origin_of(const Task& leader) {
  const auto parent = "process " + std::to_string(leader.parent_tgid);
  if (leader.forked_from_threads == true)
    return "it was forked while its parent had several threads, and it has not called exec since";
  if (const auto threads = parent_threads_of(leader))
    return "it was forked before the monitor watched and has not called exec since; its parent, " + parent +
           ", has " + std::to_string(*threads) + (*threads == 1 ? " thread now" : " threads now");
  return "it was forked before the monitor watched and has not called exec since; how many threads its "
         "parent had is "
         "not known";
}

std::vector<std::string> evidence_of(const Task& leader, const std::vector<const LockWait*>& waits) {
  std::vector<std::string> evidence{origin_of(leader)};
  evidence.push_back(waits.size() == 1
                         ? "its only thread waits for the lock: there is none that could release it"
                         : "all its " + std::to_string(waits.size()) +
                               " threads wait for locks that none of "
                               "them owns");
  constexpr std::size_t told = 8;
  for (const auto* wait : waits) {
    if (evidence.size() < told) evidence.push_back(describe_wait(*wait));
  }
  return evidence;
}

Finding make_finding(const WaitGraph& graph, const ProcessThreads& process,
                     const std::vector<const LockWait*>& waits) {
  const auto& wait = *waits.front();
  auto finding = finding_of_wait(Cause::fork_inherited_lock, graph, wait);
  finding.key.task = process.leader->id;
  finding.certainty = certainty_of(*process.leader, waits);
  finding.summary = describe_task(finding.task) +
                    " was forked while another thread of its parent held a lock, and waits "
                    "for its copy of that lock for ever";
  const auto place = describe_place(wait.waiter->task, wait.lock);
  if (!place.empty()) finding.summary += ", in " + place;
  finding.evidence = evidence_of(*process.leader, waits);
  finding.chain.push_back(
      {"copied by fork from",
       "a thread of process " + std::to_string(process.leader->parent_tgid) + " that does not exist here"});
  for (const auto* other : waits) {
    if (other != &wait) finding.threads.push_back(stuck_thread_of(*other));
  }
  return finding;
}

}  // namespace

std::vector<Finding> find_fork_inherited_locks(const WaitGraph& graph, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& process : whole_processes(graph.changes())) {
    const auto waits = all_wait_privately(graph, process, thresholds.lock_wait);
    if (holds(process, waits)) findings.push_back(make_finding(graph, process, waits));
  }
  return findings;
}

}  // namespace wedged
