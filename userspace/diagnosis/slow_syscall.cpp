// SPDX-License-Identifier: Apache-2.0
// slow_syscall: in one system call for longer than its limit while still progressing, or while a file
// system's server owes the answer; calls made to wait have no limit by default. Who does not progress in D
// state is an uninterruptible_wait, as soon as that threshold is reached, and nothing else.
#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/syscall_limits.h"

namespace wedged {
namespace {

// The call is older than the limit; a present wait that is younger says that the thread has moved on within
// the call.
bool progresses(const Change& change, Duration limit) {
  return change.task.state == RunState::running || change.switches > 0 || change.waiting <= limit;
}

bool is_slow(const Change& change, Duration limit, const Thresholds& thresholds) {
  const auto state = change.task.state;
  if (state == RunState::running) return true;
  if (in_d_state(state))
    return progresses(change, limit) && change.waiting <= thresholds.uninterruptible_wait;
  return state == RunState::sleeping && (progresses(change, limit) || waits_for_file_server(change.task));
}

std::vector<std::string> evidence_of(const Change& change, Duration limit) {
  std::vector<std::string> evidence;
  evidence.push_back("in " + describe_call(change.task) + " for " +
                     (change.task.call->entered ? "" : "at least ") + spoken(change.in_call) + " (limit " +
                     spoken(limit) + ")");
  if (progresses(change, limit)) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(change.cpu_time).count();
    evidence.push_back("it progresses: " + std::to_string(change.switches) + " context switches and " +
                       std::to_string(milliseconds) + " ms of CPU since the last scan");
  } else {
    evidence.push_back("no progress since the last scan; a server owes the answer");
  }
  return evidence;
}

Finding make_finding(const Change& change, Duration limit) {
  const auto& task = change.task;
  Finding finding;
  finding.key = {Cause::slow_syscall, task.id};
  finding.certainty = Certainty::possible;
  finding.task = task;
  finding.unit = task.details ? unit_of(task.details->cgroup) : "";
  finding.since = task.call->entered.value_or(change.waiting_since);
  finding.since_exact = task.call->entered.has_value();
  finding.lasted = change.in_call;
  finding.summary = describe_task(task) + " has been in one " + describe_call(task) + " for " +
                    spoken(change.in_call) +
                    (progresses(change, limit) ? "; it is slow, but it progresses"
                                               : ": it waits for " + describe_root(task));
  finding.evidence = evidence_of(change, limit);
  finding.chain = blame_chain(task);
  finding.threads.push_back(stuck_thread(change));
  return finding;
}

}  // namespace

std::vector<Finding> find_slow_syscalls(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& change : changes.suspects) {
    if (!change.task.call || change.task.call->compat || !change.same_call) continue;
    const auto limit = limit_of(describe_call(change.task), thresholds);
    if (limit && change.in_call > *limit && is_slow(change, *limit, thresholds))
      findings.push_back(make_finding(change, *limit));
  }
  return findings;
}

}  // namespace wedged
