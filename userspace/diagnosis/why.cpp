// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/why.h"

#include <algorithm>
#include <set>

#include "diagnosis/describe.h"
#include "diagnosis/lock_text.h"
#include "diagnosis/peer_text.h"
#include "diagnosis/spin.h"
#include "diagnosis/spin_text.h"
#include "diagnosis/standstill_text.h"
#include "diagnosis/wait_graph.h"
#include "observation/futex.h"

namespace wedged {
namespace {

std::string waits_in_lock(const LockWait& wait) {
  const bool join = waits_for_end(wait.lock.kind);
  auto text = "waits for " + (join ? "the " + wait.lock.type : describe_lock(wait.lock));
  const std::string held = join ? ", which is " : ", held by ";
  switch (wait.state) {
    case Holder::itself: return text + ", which it holds itself";
    case Holder::another: return text + held + describe_holder(wait.holder->task, wait.waiter->task);
    case Holder::gone: return text + held + gone_words(wait.lock);
    case Holder::younger:
      return text + ", whose owner's id " + std::to_string(*wait.lock.owner) + " was reused";
    case Holder::unknown: break;
  }
  if (!has_holder(wait.lock.kind)) return text;
  if (wait.lock.owner)
    return text + held + "thread " + std::to_string(*wait.lock.owner) + ", which was not seen";
  return text + ", owner unknown: " + wait.lock.no_owner_reason;
}

// For a thread that runs, or would like to.
std::string runs(const Change& change) {
  const auto& task = change.task;
  const auto call = describe_call(task);
  const auto in_call = call.empty() ? std::string{} : ", in " + call;
  if (task.scheduling.throttled)
    return "waits for a CPU; its cgroup has used up its quota (cpu.max)" + in_call;
  if (change.runnable && change.same_turn)
    return "waits for CPU " + std::to_string(task.scheduling.cpu) + " since " + spoken(*change.runnable) +
           in_call;
  if (change.looping && change.same_loop && !call.empty())
    return "runs in " + call + ", without a sleep for " + spoken(*change.looping);
  return call.empty() ? "runs" : "runs in " + call;
}

// A sleep in a call that is made to wait says no more than the call; in D state what is waited for does.
std::string does(const Change& change, const WaitGraph& graph) {
  const auto& task = change.task;
  if (task.state == RunState::dead) return "has exited, and is kept until its process ends";
  if (is_stopped(task)) return "is stopped by " + describe_stopper(task, graph.changes());
  if (const auto spin = spin_of(change, graph.changes().now.monotonic)) return describe_spin(*spin);
  if (const auto* wait = graph.wait_of(task.id)) return waits_in_lock(*wait);
  const auto call = describe_call(task);
  if (task.state == RunState::running) return runs(change);
  if (in_d_state(task.state)) return (call.empty() ? "" : call + " ") + "waits for " + describe_root(task);
  if (call.empty()) return "sleeps: " + describe_root(task);
  const auto file = describe_end(task);
  return "sleeps in " + call + (file.empty() ? "" : " on " + file);
}

WhyThread thread_of(const Change& change, const WaitGraph& graph) {
  WhyThread thread;
  thread.task = change.task;
  thread.waiting = change.task.state == RunState::running ? Duration{} : change.waiting;
  thread.waiting_exact = change.waiting_since_exact;
  thread.does = does(change, graph);
  if (const auto* wait = graph.wait_of(change.task.id)) {
    if (wait->lock.kind != LockKind::process) thread.lock = wait->lock;
    if (wait->state == Holder::another || wait->state == Holder::itself)
      thread.holder = wait->holder->task.id;
  }
  return thread;
}

bool concerns(const Finding& finding, int tgid) {
  const auto of_process = [&](const StuckThread& thread) { return thread.task.id.tgid == tgid; };
  return finding.task.id.tgid == tgid ||
         std::any_of(finding.threads.begin(), finding.threads.end(), of_process) ||
         std::any_of(finding.victims.begin(), finding.victims.end(), of_process);
}

std::set<TaskId> stuck_threads(const std::vector<Finding>& findings) {
  std::set<TaskId> stuck;
  for (const auto& finding : findings) {
    for (const auto& thread : finding.threads) stuck.insert(thread.task.id);
    for (const auto& thread : finding.victims) stuck.insert(thread.task.id);
  }
  return stuck;
}

void describe_process(const Changes& changes, const Task& task, Why& why) {
  if (why.threads_total == 0) {
    why.process = task.process;
    why.comm = task.process_comm;
    why.uid = task.uid;
    why.threads_total = task.process_threads;
    if (const auto side = changes.processes.find(task.process); side != changes.processes.end()) {
      why.command_line = side->second.command_line;
      why.unknown = side->second.missing;
    }
  }
  if (task.details && why.exe.empty()) {
    why.exe = task.details->exe;
    why.unit = unit_of(task.details->cgroup);
  }
}

// What is missing of the threads, each kind once with its number.
void note_missing(Why& why) {
  std::map<std::string, unsigned> missing;
  for (const auto& thread : why.threads) {
    if (!thread.task.user_side) continue;
    for (const auto& text : thread.task.user_side->missing) ++missing[text];
  }
  for (const auto& [text, count] : missing)
    why.unknown.push_back(text + " (" + std::to_string(count) + (count == 1 ? " thread)" : " threads)"));
  if (why.threads.size() >= why.threads_total) return;
  const auto unseen = why.threads_total - why.threads.size();
  why.unknown.push_back(std::to_string(unseen) + (unseen == 1 ? " thread was" : " threads were") +
                        " not seen");
}

// The longest that anybody has waited for a lock: not stuck, but what one would ask next.
const WhyThread* longest_lock_wait(const Why& why) {
  const WhyThread* longest = nullptr;
  for (const auto& thread : why.threads) {
    if (!thread.lock || !has_holder(thread.lock->kind) || waits_for_end(thread.lock->kind)) continue;
    if (longest == nullptr || thread.waiting > longest->waiting) longest = &thread;
  }
  return longest;
}

// Who waits for something in memory that could not be read.
std::size_t unread_waits(const Why& why) {
  return static_cast<std::size_t>(
      std::count_if(why.threads.begin(), why.threads.end(), [](const WhyThread& thread) {
        const auto& task = thread.task;
        if (!task.call || !futex_wait_of(*task.call)) return false;
        return !task.user_side || (task.user_side->stack.empty() && !task.user_side->missing.empty());
      }));
}

std::string nothing_is_stuck(const Why& why) {
  const auto unread = unread_waits(why);
  if (unread == 0) return "Nothing is stuck.";
  return "Nothing is stuck as far as could be seen: what " + std::to_string(unread) +
         (unread == 1 ? " thread waits" : " threads wait") + " for could not be read.";
}

void add_verdict(int tgid, Why& why) {
  for (const auto& finding : why.findings) {
    const bool victim = finding.task.id.tgid != tgid;
    why.verdict.push_back((victim ? "It waits for another process that is stuck: " : "") + finding.summary +
                          ".");
    if (!finding.victims.empty())
      why.verdict.push_back(std::to_string(finding.victims.size()) +
                            (finding.victims.size() == 1 ? " more thread waits" : " more threads wait") +
                            " behind it.");
  }
  if (!why.findings.empty()) return;
  why.verdict.push_back(nothing_is_stuck(why));
  if (const auto* thread = longest_lock_wait(why))
    why.verdict.push_back("The longest wait for a lock: thread " + std::to_string(thread->task.id.tid) + " " +
                          thread->does + ", for " + spoken(thread->waiting) + ".");
}

}  // namespace

std::optional<Why> explain(const Changes& changes, const std::vector<Finding>& findings, int tgid) {
  Why why;
  const WaitGraph graph(changes);
  for (const auto& change : changes.suspects) {
    if (change.task.id.tgid != tgid) continue;
    describe_process(changes, change.task, why);
    why.threads.push_back(thread_of(change, graph));
  }
  if (why.threads.empty()) return std::nullopt;
  for (const auto& finding : findings) {
    if (concerns(finding, tgid)) why.findings.push_back(finding);
  }
  const auto stuck = stuck_threads(why.findings);
  for (auto& thread : why.threads) thread.stuck = stuck.count(thread.task.id) != 0;
  std::stable_sort(why.threads.begin(), why.threads.end(),
                   [](const WhyThread& a, const WhyThread& b) { return a.stuck > b.stuck; });
  note_missing(why);
  add_verdict(tgid, why);
  return why;
}

}  // namespace wedged
