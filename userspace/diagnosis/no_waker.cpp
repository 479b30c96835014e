// SPDX-License-Identifier: Apache-2.0
// no_waker: every thread of the process waits on private futexes without a timeout, for longer than the
// threshold, and no timer, signal handler or other process can end one of the waits. Raised only where no
// other cause explains the process.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/lock_text.h"
#include "diagnosis/process_threads.h"

namespace wedged {
namespace {

// glibc's own two signals (SIGCANCEL, SIGSETXID) wake nobody by themselves; any other handler may post a
// semaphore.
constexpr std::uint64_t signals_of_the_library = (1ULL << 31) | (1ULL << 32);

// Known, and known to be none.
bool nothing_outside_can_wake(const ProcessSide& side) {
  return side.caught_signals && (*side.caught_signals & ~signals_of_the_library) == 0 &&
         side.posix_timers == 0U;
}

// A lock that was given to somebody else is read again: what it is says whether anybody could wake them.
bool all_were_looked_at(const std::vector<const LockWait*>& waits) {
  return std::all_of(waits.begin(), waits.end(), [](const LockWait* wait) {
    const auto& side = wait->waiter->task.user_side;
    // Where nothing could be read there is a side too, which says why.
    return side && (side->word || !side->stack.empty());
  });
}

bool explained(const ProcessThreads& process, const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.task.process == process.process && finding.key.cause != Cause::crashed_thread;
  });
}

Finding make_finding(const WaitGraph& graph, const ProcessThreads& process,
                     const std::vector<const LockWait*>& waits) {
  const auto& last = **std::max_element(waits.begin(), waits.end(), [](const LockWait* a, const LockWait* b) {
    return a->waiter->waiting_since < b->waiter->waiting_since;
  });
  auto finding = finding_of_wait(Cause::no_waker, graph, last);
  finding.key.task = process.leader->id;
  finding.certainty = Certainty::likely;
  const auto number = std::to_string(waits.size());
  finding.summary = process.leader->process_comm + "[" + std::to_string(process.process.tgid) + "]: " +
                    (waits.size() == 1 ? "its only thread waits" : "all " + number + " threads wait") +
                    " to be woken, and nobody is left who could do that; the last fell asleep " +
                    spoken(last.waiter->waiting) + " ago";
  finding.evidence.push_back(
      "every thread sleeps on a futex of this process alone, without a timeout; the process has no signal "
      "handler and no "
      "timer");
  constexpr std::size_t told = 9;
  for (const auto* wait : waits) {
    if (finding.evidence.size() < told) finding.evidence.push_back(describe_wait(*wait));
    if (wait != &last) finding.threads.push_back(stuck_thread_of(*wait));
  }
  return finding;
}

}  // namespace

std::vector<Finding> find_no_wakers(const WaitGraph& graph, const Thresholds& thresholds,
                                    const std::vector<Finding>& others) {
  std::vector<Finding> findings;
  for (const auto& process : whole_processes(graph.changes())) {
    const auto side = graph.changes().processes.find(process.process);
    if (side == graph.changes().processes.end() || !nothing_outside_can_wake(side->second)) continue;
    if (process.leader->shares_memory == true) continue;  // whoever has the same memory may wake them
    const auto waits = all_wait_privately(graph, process, thresholds.lock_wait);
    if (!waits.empty() && all_were_looked_at(waits) && !explained(process, others))
      findings.push_back(make_finding(graph, process, waits));
  }
  return findings;
}

}  // namespace wedged
