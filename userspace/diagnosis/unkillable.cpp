// SPDX-License-Identifier: Apache-2.0
// unkillable: SIGKILL has been pending for longer than the threshold, no core is being dumped, and the
// process still exists. One finding per process, with what each thread that is left waits for.
#include <algorithm>
#include <map>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/standstill_text.h"

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

bool is_frozen_for_good(const Task& task) {
  // The freezer of cgroup v1; that of cgroup v2 lets the killed go (kernel/cgroup/freezer.c).
  return task.state == RunState::frozen && !task.cgroup_frozen;
}

// Sees to the end of a PID namespace: its first process waits for all others (zap_pid_ns_processes).
bool waits_for_namespace(const Task& task) {
  if (!task.details) return false;
  const auto& stack = task.details->kernel_stack;
  return std::any_of(stack.begin(), stack.end(),
                     [](const std::string& frame) { return frame.starts_with("zap_pid_ns_processes+"); });
}

std::string of_running(const Change& change) {
  if (change.task.scheduling.throttled) return "waits for a CPU: its cgroup has used up its quota (cpu.max)";
  const auto call = describe_call(change.task);
  if (change.same_turn)
    return "is ready to run, and has got no CPU since the last scan: the signal is looked at when it runs";
  return "runs in the kernel" + (call.empty() ? "" : ", in " + call) + ", and has not come to its signals";
}

std::string of_sleeper(const Task& task) {
  const auto root = "it waits for " + describe_root(task);
  switch (task.state) {
    case RunState::uninterruptible: return "sleeps where no signal ends the wait: " + root;
    case RunState::killable: return "sleeps where SIGKILL ends the wait, and has not come back yet: " + root;
    case RunState::idle:
      return "sleeps as idle threads of the kernel do, where no signal ends the wait: " + root;
    case RunState::sleeping: return "sleeps, and does not look at its signals: " + root;
    default: return "has not answered yet: " + root;
  }
}

// Why the signal does not end this thread, and what it waits for instead.
std::string obstacle(const Change& change, const Changes& changes) {
  const auto& task = change.task;
  const std::string exiting = task.exiting ? "is already exiting, and " : "";
  // Who is traced stops once more at its end (PTRACE_EVENT_EXIT), if its tracer has asked for that.
  if (task.exiting && task.state == RunState::traced)
    return exiting + "waits there for " + describe_stopper(task, changes);
  if (is_frozen_for_good(task)) return "is frozen, and no signal reaches it before it is thawed";
  if (is_stopped(task))
    return "is stopped by " + describe_stopper(task, changes) + ", which SIGKILL ends: it is about to die";
  if (waits_for_namespace(task)) return exiting + "waits until every process of its PID namespace has ended";
  return exiting + (task.state == RunState::running ? of_running(change) : of_sleeper(task));
}

std::vector<std::string> evidence_of(const Threads& threads, const Changes& changes, Duration pending,
                                     Duration threshold) {
  constexpr std::size_t shown = 8;
  std::vector<std::string> evidence;
  evidence.push_back("SIGKILL pending for " + spoken(pending) + reported_from(threshold) + ", " +
                     std::to_string(threads.size()) + (threads.size() == 1 ? " thread" : " threads") +
                     " left");
  for (std::size_t at = 0; at < std::min(threads.size(), shown); ++at) {
    const auto& task = threads[at]->task;
    evidence.push_back("thread " + std::to_string(task.id.tid) + ", " + describe_state(task.state) + ", " +
                       obstacle(*threads[at], changes));
  }
  if (threads.size() > shown) evidence.push_back(std::to_string(threads.size() - shown) + " more threads");
  return evidence;
}

Finding make_finding(const ProcessId& process, const Threads& threads, const Changes& changes,
                     Duration threshold) {
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
                    spoken(finding.lasted) + " ago and still exists: " +
                    (in_d_state(telling->task.state) ? "it waits for " + describe_root(telling->task)
                                                     : "it " + obstacle(*telling, changes));
  finding.evidence = evidence_of(threads, changes, finding.lasted, threshold);
  finding.chain = blame_chain(telling->task);
  for (const auto* change : threads) {
    finding.threads.push_back(stuck_thread(*change));
    if (change->task.state == RunState::running) finding.threads.back().waits_for = "nothing: it runs";
  }
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
    findings.push_back(make_finding(process, threads, changes, thresholds.unkillable));
  }
  return findings;
}

}  // namespace wedged
