// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/lock_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "diagnosis/describe.h"

namespace wedged {
namespace {

std::string hex(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return text.data();
}

std::string thread_words(const Task& task) {
  auto text = "thread " + std::to_string(task.id.tid);
  if (task.id.tid == task.id.tgid) return text + " (the main thread)";
  return text + " (" + task.comm + ")";
}

// The kernel's own locks have their identity in their name.
bool names_itself(LockKind kind) {
  return waits_for_end(kind) || kind == LockKind::kernel;
}

std::string waiting_words(const LockWait& wait) {
  if (wait.lock.kind == LockKind::kernel) return wait.lock.type;
  return waits_for_end(wait.lock.kind) ? "the " + wait.lock.type : describe_lock(wait.lock);
}

void add_wait_links(const LockWait& wait, std::vector<BlameLink>& chain) {
  if (wait.kernel_lock() != nullptr) {
    const auto call = describe_call(wait.waiter->task);
    if (!call.empty()) chain.push_back({"in system call", call});
  } else {
    const auto place = describe_place(wait.waiter->task, wait.lock);
    if (!place.empty()) chain.push_back({"in", place});
  }
  chain.push_back({"waits for", waiting_words(wait)});
}

// How the thread at the end of a wait stands to it.
const char* relation_of(const LockWait& wait) {
  return waits_for_end(wait.lock.kind) ? "which is" : "held by";
}

}  // namespace

std::string gone_words(const Lock& lock) {
  const auto thread = lock.owner ? "thread " + std::to_string(*lock.owner) : std::string("a thread");
  if (lock.kind == LockKind::kernel) return thread + ", which died in the kernel and no longer exists";
  return thread + ", which no longer exists";
}

namespace {

// What ends the chain: whom nobody waits for any longer.
void add_root_link(const LockWait& last, std::vector<BlameLink>& chain) {
  const auto id = last.lock.owner ? std::to_string(*last.lock.owner) : "?";
  switch (last.state) {
    case Holder::itself: chain.push_back({"held by", "itself"}); break;
    case Holder::gone: chain.push_back({"held by", gone_words(last.lock)}); break;
    case Holder::younger:
      chain.push_back({"held by", "an earlier thread " + id + "; the id has been reused"});
      break;
    case Holder::unknown:
      if (!last.lock.no_owner_reason.empty()) chain.push_back({"owner unknown:", last.lock.no_owner_reason});
      break;
    case Holder::another: break;
  }
}

}  // namespace

std::string describe_lock(const Lock& lock) {
  if (names_itself(lock.kind)) return lock.type;
  return (lock.type.empty() ? std::string(name_of(lock.kind)) : lock.type) + " " + hex(lock.address);
}

std::string describe_holder(const Task& holder, const Task& seen_from) {
  if (holder.process == seen_from.process) return thread_words(holder);
  return holder.process_comm + "[" + std::to_string(holder.id.tgid) + "] " + thread_words(holder);
}

std::string describe_place(const Task& task, const Lock& lock) {
  if (!task.user_side) return short_name(lock.function);
  constexpr std::size_t shown = 4;
  std::string text;
  std::size_t count = 0;
  bool reached = lock.function.empty();
  for (const auto& frame : task.user_side->stack) {
    if (!reached) reached = frame.function == lock.function;
    if (!reached || frame.function.empty()) continue;
    if (count++ == shown) break;
    text += (text.empty() ? "" : " <- ") + short_name(frame.function);
  }
  return text.empty() ? short_name(lock.function) : text;
}

std::string describe_wait(const LockWait& wait) {
  const auto& task = wait.waiter->task;
  auto text = describe_holder(task, task) + " has waited for " + waiting_words(wait) + " for " +
              spoken(wait.waiter->waiting);
  if (wait.holder != nullptr && wait.state == Holder::another)
    return text + "; " + relation_of(wait) + " " + describe_holder(wait.holder->task, task);
  if (wait.state == Holder::itself) return text + "; held by itself";
  if (wait.lock.owner) return text + "; its owner is " + std::to_string(*wait.lock.owner);
  return wait.lock.no_owner_reason.empty() ? text : text + "; owner unknown: " + wait.lock.no_owner_reason;
}

std::vector<BlameLink> lock_chain(const WaitGraph& graph, const LockWait& wait) {
  std::vector<BlameLink> chain;
  const auto path = graph.path_from(wait);
  const LockWait* at = &wait;
  for (std::size_t step = 0; step < path.size(); ++step) {
    if (step > 0) chain.push_back({relation_of(*at), describe_holder(path[step]->task, wait.waiter->task)});
    at = graph.wait_of(path[step]->task.id);
    if (at == nullptr) {
      const auto rest = blame_chain(path[step]->task);
      chain.insert(chain.end(), rest.begin(), rest.end());
      return chain;
    }
    add_wait_links(*at, chain);
  }
  if (at->state == Holder::another) {
    chain.push_back(
        {relation_of(*at), describe_holder(at->holder->task, wait.waiter->task) + ", already in this chain"});
  } else {
    add_root_link(*at, chain);
  }
  return chain;
}

StuckThread stuck_thread_of(const LockWait& wait) {
  auto thread = stuck_thread(*wait.waiter);
  thread.waits_for = waiting_words(wait);
  const auto relation = std::string(", ") + relation_of(wait) + " ";
  if (wait.state == Holder::another)
    thread.waits_for += relation + describe_holder(wait.holder->task, wait.waiter->task);
  if (wait.state == Holder::itself) thread.waits_for += relation + "itself";
  if (wait.state == Holder::gone) thread.waits_for += relation + gone_words(wait.lock);
  return thread;
}

Finding finding_of_wait(Cause cause, const WaitGraph& graph, const LockWait& wait) {
  const auto& change = *wait.waiter;
  Finding finding;
  finding.key = {cause, change.task.id};
  finding.task = change.task;
  finding.unit = change.task.details ? unit_of(change.task.details->cgroup) : "";
  finding.since = change.waiting_since;
  finding.since_exact = change.waiting_since_exact;
  finding.lasted = change.waiting;
  finding.chain = lock_chain(graph, wait);
  finding.threads.push_back(stuck_thread_of(wait));
  return finding;
}

bool is_overdue(const LockWait& wait, Duration threshold) {
  return wait.waiter->waiting > threshold && !wait.lock.has_timeout && has_holder(wait.lock.kind);
}

}  // namespace wedged
