// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/diagnose.h"

#include "diagnosis/cause_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace wedged {
namespace {

using InThreads = std::vector<Finding> (*)(const Changes&, const Thresholds&);
constexpr std::array causes_in_threads{
    find_kernel_loops,     find_slow_syscalls, find_unkillable_processes, find_starved_threads,
    find_event_loop_spins, find_lost_leaders,  find_stopped_processes};

using InWaits = std::vector<Finding> (*)(const WaitGraph&, const Thresholds&);
constexpr std::array causes_in_waits{find_uninterruptible_waits, find_self_deadlocks, find_lock_cycles,
                                     find_dead_owners, find_fork_inherited_locks};

void add(std::vector<Finding> found, std::vector<Finding>& findings) {
  std::move(found.begin(), found.end(), std::back_inserter(findings));
}

// Of two findings about the same, the one that says more stands.
struct Explanation {
  Cause better;
  Cause worse;
  bool of_one_thread;  // false: of one process
};
constexpr std::array explanations{
    // A lock inherited by fork has no owner in the process either.
    Explanation{Cause::fork_inherited_lock, Cause::dead_owner, false},
    // Who loops or gets no CPU is slow.
    Explanation{Cause::kernel_loop, Cause::slow_syscall, true},
    Explanation{Cause::starved, Cause::slow_syscall, true},
    // How the leader was lost.
    Explanation{Cause::died_in_kernel, Cause::lost_leader, true},
    Explanation{Cause::crashed_thread, Cause::lost_leader, true},
};

bool explains(const Finding& better, const Finding& worse) {
  return std::any_of(explanations.begin(), explanations.end(), [&](const Explanation& one) {
    if (one.better != better.key.cause || one.worse != worse.key.cause) return false;
    return one.of_one_thread ? better.key.task == worse.key.task : better.task.process == worse.task.process;
  });
}

// Most causes have no better one: thousands of findings need not be compared with each other.
bool can_be_explained(const Finding& finding) {
  return std::any_of(explanations.begin(), explanations.end(),
                     [&](const Explanation& one) { return one.worse == finding.key.cause; });
}

void drop_explained(std::vector<Finding>& findings) {
  std::set<FindingKey> explained;
  for (const Finding& worse : findings) {
    if (!can_be_explained(worse)) continue;
    if (std::any_of(findings.begin(), findings.end(),
                    [&](const Finding& better) { return explains(better, worse); }))
      explained.insert(worse.key);
  }
  std::erase_if(findings, [&](const Finding& finding) { return explained.contains(finding.key); });
}

// Of the threads of a finding only its own task and those that stand for victims are told with their stacks;
// a process may have thousands of others. What they wait for has been put into words.
void leave_out_stacks(std::vector<Finding>& findings) {
  for (auto& finding : findings) {
    for (auto& thread : finding.threads) {
      thread.task.user_side.reset();
      if (thread.task.details) std::vector<std::string>().swap(thread.task.details->kernel_stack);
    }
  }
}

}  // namespace

std::vector<Finding> diagnose(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings = find_crashed_threads(changes);
  add(find_deaths_in_kernel(changes), findings);
  const WaitGraph graph(changes);
  for (const InWaits find : causes_in_waits) add(find(graph, thresholds), findings);
  for (const InThreads find : causes_in_threads) add(find(changes, thresholds), findings);
  drop_explained(findings);
  add(find_no_wakers(graph, thresholds, findings), findings);
  add(find_kernel_lock_waits(graph, thresholds, findings), findings);
  add_victims(graph, findings);
  add_clients(graph, findings);
  leave_out_stacks(findings);
  for (auto& finding : findings) {
    if (finding.advice.empty()) finding.advice = advice_of(finding.key.cause);
  }
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return a.key < b.key; });
  return findings;
}

}  // namespace wedged
