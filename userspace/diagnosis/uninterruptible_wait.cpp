// SPDX-License-Identifier: Apache-2.0
// uninterruptible_wait: in D state (killable or not; not idle, not frozen) in one and the same wait for
// longer than the threshold; kernel threads too. The threads of one process that wait for the same are one
// finding, and so are those of which nothing could be read; those that wait for somebody, for a lock of the
// kernel or a child, are told in diagnosis/kernel_lock_wait.cpp. The same wait: the switch count has not
// changed between two samples, nor have call and registers.
#include <algorithm>
#include <compare>
#include <map>

#include "diagnosis/describe.h"
#include "diagnosis/device_text.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/unread_wait.h"

namespace wedged {
namespace {

using Threads = std::vector<const Change*>;

// A vfork parent sleeps in D until its child has called exec or exited (kernel_clone, wait_for_vfork_done):
// that is what it asked for. Where the child is known the wait is in the graph.
bool waits_for_unknown_child(const Task& task) {
  if (task.state != RunState::killable) return false;
  const auto call = describe_call(task);
  return call == "vfork" || call == "clone" || call == "clone3";
}

// What all threads of one process wait for that wait for the same. Of what is unknown nobody can say so; yet
// those of which nothing could be read may be thousands, and are told together.
struct Root {
  ProcessId process;
  std::string awaited;
  int tid = 0;

  auto operator<=>(const Root&) const = default;
};

// How a device is at the moment is told with it, and may have changed between the looks at two of its
// waiters.
std::string awaited_by(const Task& task) {
  auto awaited = describe_root(task);
  const auto& device = task.details->device;
  if (!device || awaited != "device " + describe_device(*device)) return awaited;
  return "device " + std::to_string(device->major) + ":" + std::to_string(device->minor);
}

Root root_of(const Task& task) {
  if (!task.details) return {task.process, {}, 0};
  const bool known = file_waited_for(*task.details) != nullptr || !task.details->kernel_stack.empty() ||
                     task.details->server;
  return {task.process, known ? awaited_by(task) : std::string{}, known ? 0 : task.id.tid};
}

std::map<Root, Threads> waits_by_root(const WaitGraph& graph, Duration threshold) {
  std::map<Root, Threads> waits;
  for (const auto& change : graph.changes().suspects) {
    const auto& task = change.task;
    if (!in_d_state(task.state) || !change.same_wait || change.waiting <= threshold) continue;
    if (is_yet_to_be_read(change, threshold)) continue;
    if (graph.wait_of(task.id) != nullptr) continue;  // for somebody: diagnosis/kernel_lock_wait.cpp
    if (!waits_for_unknown_child(task)) waits[root_of(task)].push_back(&change);
  }
  return waits;
}

std::vector<std::string> evidence_of(const Change& change, Duration threshold) {
  const auto& task = change.task;
  std::vector<std::string> evidence;
  evidence.push_back("state " + describe_state(task.state) + " for " + spoken(change.waiting) +
                     reported_from(threshold));
  evidence.push_back("not scheduled since: " + std::to_string(task.switch_count) +
                     " context switches in both samples");
  if (!change.waiting_since_exact)
    evidence.push_back("began before it was watched; its start is reckoned from the scheduler's figures");
  if (!task.details) evidence.push_back("stack, file and executable could not be read");
  return evidence;
}

Finding make_finding(const Threads& threads, Duration threshold) {
  const auto& change =
      **std::min_element(threads.begin(), threads.end(), [](const Change* a, const Change* b) {
        return std::pair(a->waiting_since, a->task.id) < std::pair(b->waiting_since, b->task.id);
      });
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
  if (threads.size() > 1)
    finding.evidence.push_back(std::to_string(threads.size()) + " threads of the process wait for " +
                               (task.details ? "the same" : "what could not be read"));
  finding.chain = blame_chain(task);
  finding.threads.push_back(stuck_thread(change));
  for (const auto* other : threads) {
    if (other != &change) finding.threads.push_back(stuck_thread(*other));
  }
  return finding;
}

}  // namespace

std::vector<Finding> find_uninterruptible_waits(const WaitGraph& graph, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& [root, threads] : waits_by_root(graph, thresholds.uninterruptible_wait))
    findings.push_back(make_finding(threads, thresholds.uninterruptible_wait));
  return findings;
}

}  // namespace wedged
