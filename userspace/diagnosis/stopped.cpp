// SPDX-License-Identifier: Apache-2.0
// stopped: stopped by job control, a tracer or a freezer for longer than the threshold; one finding for all
// such threads of the process.
#include <algorithm>
#include <map>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/standstill_text.h"

namespace wedged {
namespace {

using Threads = std::vector<const Change*>;

std::map<ProcessId, Threads> stopped_processes(const Changes& changes, Duration threshold) {
  std::map<ProcessId, Threads> processes;
  for (const auto& change : changes.suspects) {
    const auto& task = change.task;
    if (is_stopped(task) && !task.kernel_thread && change.same_wait && change.waiting > threshold)
      processes[task.process].push_back(&change);
  }
  return processes;
}

// Whose details were read, and of those who stopped first.
const Change* most_telling(const Threads& threads) {
  return *std::max_element(threads.begin(), threads.end(), [](const Change* a, const Change* b) {
    return std::pair(a->task.details.has_value(), a->waiting) <
           std::pair(b->task.details.has_value(), b->waiting);
  });
}

std::vector<std::string> evidence_of(const Threads& threads, const Change& telling, const std::string& by,
                                     Duration threshold) {
  const auto& task = telling.task;
  const auto count = std::to_string(threads.size()) +
                     (task.process_threads > 0 ? " of " + std::to_string(task.process_threads) : "") +
                     (threads.size() == 1 && task.process_threads <= 1 ? " thread" : " threads");
  return {"state " + describe_state(task.state) + " for " + spoken(telling.waiting) +
              reported_from(threshold) + ", stopped by " + by,
          count + " stopped; not scheduled since: " + std::to_string(task.switch_count) +
              " context switches in both samples"};
}

Finding make_finding(const ProcessId& process, const Threads& threads, const Changes& changes,
                     Duration threshold) {
  const auto* telling = most_telling(threads);
  const auto& task = telling->task;
  const auto by = describe_stopper(task, changes);
  Finding finding;
  finding.key = {Cause::stopped, {process.tgid, process.tgid, process.start_boottime_ns}};
  finding.certainty = Certainty::possible;
  finding.task = task;
  finding.unit = task.details ? unit_of(task.details->cgroup) : "";
  finding.since = telling->waiting_since;
  finding.since_exact = telling->waiting_since_exact;
  finding.lasted = telling->waiting;
  finding.summary = task.process_comm + "[" + std::to_string(process.tgid) + "] has been stopped for " +
                    spoken(telling->waiting) + " by " + by;
  finding.evidence = evidence_of(threads, *telling, by, threshold);
  finding.chain.push_back({"stopped by", by});
  for (const auto* thread : threads)
    finding.threads.push_back(
        {thread->task, thread->waiting, thread->in_call, describe_stopper(thread->task, changes)});
  return finding;
}

}  // namespace

std::vector<Finding> find_stopped_processes(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& [process, threads] : stopped_processes(changes, thresholds.stopped))
    findings.push_back(make_finding(process, threads, changes, thresholds.stopped));
  return findings;
}

}  // namespace wedged
