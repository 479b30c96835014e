// SPDX-License-Identifier: Apache-2.0
// lock_cycle: several threads wait, one of them for longer than the threshold, each for a lock or the end of
// the next, and the last for the first. Each thread waits for one other at most, so a cycle is found by
// walking. Likely where a lock of it is shared with other processes, whose ids may be of another PID
// namespace.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"

namespace wedged {
namespace {

using Cycle = std::vector<const LockWait*>;

// The cycle that begins and ends at this wait; empty if there is none. A wait with a timeout ends by itself.
Cycle cycle_from(const WaitGraph& graph, const LockWait& first) {
  Cycle cycle;
  const auto* at = &first;
  while (at != nullptr && at->state == Holder::another && !at->lock.has_timeout &&
         has_holder(at->lock.kind)) {
    cycle.push_back(at);
    if (at->holder->task.id == first.waiter->task.id) return cycle;
    if (cycle.size() > graph.waits().size()) break;  // it leads into a cycle without being in it
    at = graph.wait_of(at->holder->task.id);
  }
  return {};
}

bool crosses_processes(const Cycle& cycle) {
  return std::any_of(cycle.begin(), cycle.end(), [&](const LockWait* wait) {
    return wait->waiter->task.process != cycle.front()->waiter->task.process;
  });
}

std::string summary_of(const Cycle& cycle) {
  const auto& task = cycle.front()->waiter->task;
  auto text = std::to_string(cycle.size()) + " threads of " + task.process_comm + "[" +
              std::to_string(task.id.tgid) + "]" + (crosses_processes(cycle) ? " and others" : "") +
              " wait for each other in a cycle: ";
  constexpr std::size_t shown = 6;
  for (std::size_t at = 0; at < std::min(cycle.size(), shown); ++at)
    text += (at == 0 ? "" : " -> ") + std::to_string(cycle[at]->waiter->task.id.tid);
  if (cycle.size() > shown) text += " -> ...";
  return text + " -> " + std::to_string(task.id.tid);
}

Finding make_finding(const WaitGraph& graph, const Cycle& cycle) {
  auto finding = finding_of_wait(Cause::lock_cycle, graph, *cycle.front());
  const bool sure = std::none_of(cycle.begin(), cycle.end(),
                                 [](const LockWait* wait) { return wait->lock.owner_may_be_elsewhere; });
  finding.certainty = sure ? Certainty::certain : Certainty::likely;
  finding.threads.clear();
  for (const auto* wait : cycle) {
    finding.threads.push_back(stuck_thread_of(*wait));
    finding.lasted = std::max(finding.lasted, wait->waiter->waiting);
    finding.since = std::min(finding.since, wait->waiter->waiting_since);
    constexpr std::size_t told = 8;
    if (finding.evidence.size() < told) finding.evidence.push_back(describe_wait(*wait));
  }
  if (!sure) finding.evidence.emplace_back(owner_may_be_elsewhere_text);
  finding.summary = summary_of(cycle);
  return finding;
}

}  // namespace

std::vector<Finding> find_lock_cycles(const WaitGraph& graph, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto& wait : graph.waits()) {
    const auto cycle = cycle_from(graph, wait);
    if (cycle.empty()) continue;
    // Every member finds the same cycle; the one with the smallest id reports it.
    const bool first = std::all_of(cycle.begin(), cycle.end(), [&](const LockWait* other) {
      return wait.waiter->task.id <= other->waiter->task.id;
    });
    const bool overdue = std::any_of(cycle.begin(), cycle.end(), [&](const LockWait* other) {
      return other->waiter->waiting > thresholds.lock_wait;
    });
    if (first && overdue) findings.push_back(make_finding(graph, cycle));
  }
  return findings;
}

}  // namespace wedged
