// SPDX-License-Identifier: Apache-2.0
// lost_leader: the main thread exited longer ago than the threshold, other threads of the process go on, and
// the process has not been told to exit. Legal: main may end by pthread_exit. What is known to have ended it
// says more: died_in_kernel, crashed_thread.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/ended_thread.h"

namespace wedged {
namespace {

// A thread that calls exec kills the others first, and waits until its leader is the zombie whose id it takes
// (de_thread): the leader itself has SIGKILL pending then.
bool told_to_exit(const Change& leader, const Changes& changes) {
  return std::any_of(changes.suspects.begin(), changes.suspects.end(), [&](const Change& change) {
    return change.task.process == leader.task.process &&
           (change.task.group_exiting || change.task.kill_pending);
  });
}

bool is_lost(const Change& leader, Duration threshold) {
  const auto& task = leader.task;
  return task.state == RunState::dead && task.id.tid == task.id.tgid && task.process_threads > 1 &&
         leader.same_wait && leader.waiting > threshold;
}

Finding make_finding(const Change& leader, const Changes& changes, Duration threshold) {
  const auto& task = leader.task;
  const bool one = task.process_threads == 2;
  const auto others = std::to_string(task.process_threads - 1) + (one ? " other thread" : " other threads");
  const auto others_live = others + (one ? " lives" : " live");
  const auto* survivor = survivor_of(task.process, changes);
  Finding finding;
  finding.key = {Cause::lost_leader, task.id};
  finding.certainty = Certainty::possible;
  finding.task = survivor->task;
  finding.unit = survivor->task.details ? unit_of(survivor->task.details->cgroup) : "";
  finding.since = leader.waiting_since;
  finding.since_exact = leader.waiting_since_exact;
  finding.lasted = leader.waiting;
  finding.summary = task.process_comm + "[" + std::to_string(task.id.tgid) + "] lost its main thread " +
                    spoken(leader.waiting) + " ago and lives on: " + others_live;
  finding.evidence.push_back("the main thread exited " + spoken(leader.waiting) + " ago" +
                             reported_from(threshold) + ", and the process was not told to exit");
  finding.evidence.push_back(others_live + "; how it ended was not seen as a crash");
  finding.chain.push_back({"main thread", std::to_string(task.id.tid) + " (" + task.comm + ")"});
  finding.chain.push_back({"exited alone, and left", others});
  finding.threads.push_back({task, leader.waiting, {}, "nothing any more: it exited"});
  return finding;
}

}  // namespace

std::vector<Finding> find_lost_leaders(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& change : changes.suspects) {
    if (is_lost(change, thresholds.lost_leader) && !told_to_exit(change, changes))
      findings.push_back(make_finding(change, changes, thresholds.lost_leader));
  }
  return findings;
}

}  // namespace wedged
