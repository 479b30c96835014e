// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/diagnose.h"

#include "diagnosis/cause_text.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace wedged {
namespace {

using InThreads = std::vector<Finding> (*)(const Changes&, const Thresholds&);
constexpr std::array causes_in_threads{find_uninterruptible_waits, find_slow_syscalls,
                                       find_unkillable_processes};

using InWaits = std::vector<Finding> (*)(const WaitGraph&, const Thresholds&);
constexpr std::array causes_in_waits{find_self_deadlocks, find_lock_cycles, find_dead_owners,
                                     find_fork_inherited_locks};

void add(std::vector<Finding> found, std::vector<Finding>& findings) {
  std::move(found.begin(), found.end(), std::back_inserter(findings));
}

// A lock inherited by fork has no owner in the process either; that it was inherited says more.
void drop_explained(std::vector<Finding>& findings) {
  const auto inherited = [&](const ProcessId& process) {
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.key.cause == Cause::fork_inherited_lock && finding.task.process == process;
    });
  };
  std::vector<Finding> kept;
  for (const auto& finding : findings) {
    if (finding.key.cause != Cause::dead_owner || !inherited(finding.task.process)) kept.push_back(finding);
  }
  findings = std::move(kept);
}

}  // namespace

std::vector<Finding> diagnose(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings = find_crashed_threads(changes);
  for (const InThreads find : causes_in_threads) add(find(changes, thresholds), findings);
  const WaitGraph graph(changes);
  for (const InWaits find : causes_in_waits) add(find(graph, thresholds), findings);
  drop_explained(findings);
  add(find_no_wakers(graph, thresholds, findings), findings);
  add_victims(graph, findings);
  for (auto& finding : findings) finding.advice = advice_of(finding.key.cause);
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return a.key < b.key; });
  return findings;
}

}  // namespace wedged
