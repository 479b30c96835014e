// SPDX-License-Identifier: Apache-2.0
// waits_for_stuck: waits for a lock whose holder is stuck itself, or waits for somebody who is: a victim,
// reported with its root and never as a finding of its own.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"

namespace wedged {

// Who is slow will release what it holds. A leader that has left says of itself nothing of what it held.
// Who is slow, or spins, goes on: what others wait for will come.
bool is_root(Cause cause) {
  return cause != Cause::slow_syscall && cause != Cause::lost_leader && cause != Cause::event_loop_spin;
}

namespace {

std::map<TaskId, std::size_t> stuck_threads(const std::vector<Finding>& findings) {
  std::map<TaskId, std::size_t> stuck;
  for (std::size_t at = 0; at < findings.size(); ++at) {
    if (!is_root(findings[at].key.cause)) continue;
    for (const auto& thread : findings[at].threads) stuck.emplace(thread.task.id, at);
    for (const auto& victim : findings[at].victims) stuck.emplace(victim.task.id, at);
  }
  return stuck;
}

// Of a FUSE server's process, what says why it does not answer.
std::optional<std::size_t> root_of_server(const std::vector<Finding>& findings, const Task& client) {
  for (std::size_t at = 0; at < findings.size(); ++at) {
    const auto& finding = findings[at];
    const bool tells = is_root(finding.key.cause) && finding.certainty >= Certainty::likely;
    if (tells && finding.task.process == client.details->server->process &&
        finding.task.process != client.process)
      return at;
  }
  return std::nullopt;
}

bool waits_for_server(const Task& task) {
  return task.details && task.details->server && !task.details->kernel_lock &&
         (in_d_state(task.state) || task.state == RunState::sleeping);
}

bool waits_for_server(const Finding& finding) {
  return (finding.key.cause == Cause::uninterruptible_wait || finding.key.cause == Cause::slow_syscall) &&
         waits_for_server(finding.task);
}

// A server may be a client itself: the last in the row is the root. Two that serve each other stay what they
// are, for neither explains the other.
std::size_t last_root(const std::vector<Finding>& findings, std::size_t client) {
  std::set<std::size_t> seen{client};
  std::size_t at = client;
  while (waits_for_server(findings[at])) {
    const auto next = root_of_server(findings, findings[at].task);
    if (!next) return at;
    if (!seen.insert(*next).second) return client;
    at = *next;
  }
  return at;
}

void move_to(Finding& root, const Finding& client) {
  root.victims.insert(root.victims.end(), client.threads.begin(), client.threads.end());
  root.victims.insert(root.victims.end(), client.victims.begin(), client.victims.end());
}

// However short a client's wait is yet.
void add_young_clients(const WaitGraph& graph, std::vector<Finding>& findings) {
  const auto stuck = stuck_threads(findings);
  for (const auto& change : graph.changes().suspects) {
    if (!change.same_wait || !waits_for_server(change.task) || stuck.count(change.task.id) != 0) continue;
    if (const auto root = root_of_server(findings, change.task))
      findings[*root].victims.push_back(stuck_thread(change));
  }
}

}  // namespace

// However short a victim's wait is yet: whom it waits for will not come.
void add_victims(const WaitGraph& graph, std::vector<Finding>& findings) {
  const auto stuck = stuck_threads(findings);
  for (const auto& wait : graph.waits()) {
    if (stuck.count(wait.waiter->task.id) != 0 || !is_overdue(wait, Duration{})) continue;
    const auto path = graph.path_from(wait);
    const auto* last = graph.wait_of(path.back()->task.id);
    if (last != nullptr && last->dead && stuck.count(*last->dead) != 0) {
      findings[stuck.at(*last->dead)].victims.push_back(stuck_thread_of(wait));
      continue;
    }
    for (const auto* holder : path) {
      const auto root = stuck.find(holder->task.id);
      if (root == stuck.end()) continue;
      findings[root->second].victims.push_back(stuck_thread_of(wait));
      break;
    }
  }
}

void add_clients(const WaitGraph& graph, std::vector<Finding>& findings) {
  std::set<std::size_t> moved;
  for (std::size_t at = 0; at < findings.size(); ++at) {
    const auto root = last_root(findings, at);
    if (root == at) continue;
    move_to(findings[root], findings[at]);
    moved.insert(at);
  }
  std::vector<Finding> kept;
  for (std::size_t at = 0; at < findings.size(); ++at) {
    if (moved.count(at) == 0) kept.push_back(std::move(findings[at]));
  }
  findings = std::move(kept);
  add_young_clients(graph, findings);
}

}  // namespace wedged
