// SPDX-License-Identifier: Apache-2.0
// unkillable: SIGKILL has been pending for longer than the threshold, no core is being dumped, and the
// process still exists. One finding per process, with what each thread that is left waits for.
#include <algorithm>
#include <map>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"

namespace wedged {
namespace {

using Threads = std::vector<const Change*>;

std::map<ProcessId, Threads> killed_processes(const Changes& changes) {
  std::map<ProcessId, Threads> processes;
  for (const auto& change : changes.suspects) {
    if (change.kill_pending && !change.task.kernel_thread && change.task.state != RunState::dead) {
      processes[change.task.process].push_back(&change);
    }
  }
  return processes;
}

// Who has waited longest in a sleep that no signal ends tells most about the process.
const Change* most_telling(const Threads& threads) {
  return *std::max_element(threads.begin(), threads.end(), [](const Change* a, const Change* b) {
    return std::pair(in_d_state(a->task.state), a->waiting) <
           std::pair(in_d_state(b->task.state), b->waiting);
  });
}

const Change* first_killed(const Threads& threads) {
  return *std::max_element(threads.begin(), threads.end(), [](const Change* a, const Change* b) {
    return *a->kill_pending < *b->kill_pending;
  });
}

// Why the signal does not reach this thread.
std::string obstacle(const Task& task) {
  if (task.exiting) return "is already exiting";
  if (task.state == RunState::uninterruptible) return "sleeps where no signal ends the wait";
  if (task.state == RunState::running) return "runs in the kernel and has not come to its signals";
  return "has not answered yet";
}

std::vector<std::string> evidence_of(const Threads& threads, Duration pending, Duration threshold) {
  std::vector<std::string> evidence;
  evidence.push_back("SIGKILL pending for " + spoken(pending) + " (threshold " + spoken(threshold) + "), " +
                     std::to_string(threads.size()) + (threads.size() == 1 ? " thread" : " threads") +
                     " left");
  for (const auto* change : threads) {
    if (evidence.size() > 8) break;
    evidence.push_back("thread " + std::to_string(change->task.id.tid) + ", " +
                       describe_state(change->task.state) + ", " + obstacle(change->task) + ": waits for " +
                       describe_root(change->task));
  }
  return evidence;
}

Finding make_finding(const ProcessId& process, const Threads& threads, Duration threshold) {
  const auto* telling = most_telling(threads);
  const auto* killed = first_killed(threads);
  Finding finding;
  finding.key = {Cause::unkillable, {process.tgid, process.tgid, process.start_boottime_ns}};
  finding.certainty = Certainty::certain;
  finding.task = telling->task;
  finding.unit = telling->task.details ? unit_of(telling->task.details->cgroup) : "";
  finding.since = *killed->task.kill_pending_since;
  finding.since_exact = killed->task.kill_pending_exact;
  finding.lasted = *killed->kill_pending;
  finding.summary = telling->task.process_comm + "[" + std::to_string(process.tgid) + "] was killed " +
                    spoken(finding.lasted) + " ago and still exists: it waits for " +
                    describe_root(telling->task);
  finding.evidence = evidence_of(threads, finding.lasted, threshold);
  finding.chain = blame_chain(telling->task);
  for (const auto* change : threads) finding.threads.push_back(stuck_thread(*change));
  return finding;
}

}  // namespace

std::vector<Finding> find_unkillable_processes(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& [process, threads] : killed_processes(changes)) {
    const auto* killed = first_killed(threads);
    const bool dumping =
        std::any_of(threads.begin(), threads.end(), [](const auto* c) { return c->task.dumping_core; });
    if (dumping || !killed->seen_before || *killed->kill_pending <= thresholds.unkillable) continue;
    findings.push_back(make_finding(process, threads, thresholds.unkillable));
  }
  return findings;
}

}  // namespace wedged
