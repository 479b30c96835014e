// SPDX-License-Identifier: Apache-2.0
// waits_for_stuck: waits for a lock whose holder is stuck itself, or waits for somebody who is: a victim,
// reported with its root and never as a finding of its own.
#include <algorithm>
#include <map>
#include <set>

#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"

namespace wedged {
namespace {

std::map<TaskId, std::size_t> stuck_threads(const std::vector<Finding>& findings) {
  std::map<TaskId, std::size_t> stuck;
  for (std::size_t at = 0; at < findings.size(); ++at) {
    if (findings[at].key.cause == Cause::slow_syscall)
      continue;  // it is slow, and it will release what it holds
    for (const auto& thread : findings[at].threads) stuck.emplace(thread.task.id, at);
  }
  return stuck;
}

}  // namespace

// However short a victim's wait is yet: whom it waits for will not come.
void add_victims(const WaitGraph& graph, std::vector<Finding>& findings) {
  const auto stuck = stuck_threads(findings);
  for (const auto& wait : graph.waits()) {
    if (stuck.count(wait.waiter->task.id) != 0 || !is_overdue(wait, Duration{})) continue;
    for (const auto* holder : graph.path_from(wait)) {
      const auto root = stuck.find(holder->task.id);
      if (root == stuck.end()) continue;
      findings[root->second].victims.push_back(stuck_thread_of(wait));
      break;
    }
  }
}

}  // namespace wedged
