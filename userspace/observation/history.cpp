// SPDX-License-Identifier: Apache-2.0
#include "observation/history.h"

#include <algorithm>

namespace wedged {
namespace {

bool same_call(const Task& before, const Task& now) {
  if (before.call.has_value() != now.call.has_value()) return false;
  return !now.call || now.call->same_as(*before.call);
}

bool same_registers(const Task& before, const Task& now) {
  return !before.registers || !now.registers || *before.registers == *now.registers;
}

// The kernel side carries the begin of a wait over a switch that it knows to be no progress:
// bpf/task_scan.bpf.c, go_on().
bool same_long_wait(const Task& before, const Task& now) {
  return in_d_state(before.state) && in_d_state(now.state) && now.switch_count == before.switch_count + 1 &&
         now.off_cpu_since && now.off_cpu_since == before.off_cpu_since;
}

Duration cpu_time_of(const Task& task) {
  return Duration{static_cast<std::int64_t>(task.system_time_ns + task.user_time_ns)};
}

// The earliest moment at which the task was certainly in its present call.
std::optional<Instant> in_call_since(const Task& task) {
  if (!task.call) return std::nullopt;
  return task.call->entered ? task.call->entered : task.off_cpu_since;
}

}  // namespace

const Task* History::previous_of(const TaskId& id) const {
  if (!previous_) return nullptr;
  const auto& tasks = previous_->suspects;
  const auto at = std::lower_bound(tasks.begin(), tasks.end(), id,
                                   [](const Task& task, const TaskId& wanted) { return task.id < wanted; });
  return at != tasks.end() && at->id == id ? &*at : nullptr;
}

// A gap counts against a wait only for the part in which the wait already was.
Duration History::elapsed(Instant since, Instant now) const {
  if (now <= since) return Duration::zero();
  Duration elapsed = now - since;
  for (const auto& gap : gaps_) {
    const Instant begin = gap.end - gap.length;
    if (gap.end > since) elapsed -= gap.end - std::max(begin, since);
  }
  return std::max(elapsed, Duration::zero());
}

Duration History::note_gap(Instant now) {
  constexpr std::size_t gaps_kept = 64;
  if (!previous_) return Duration::zero();
  const Duration late = now - previous_->taken.monotonic - expected_interval_;
  if (late <= expected_interval_ / 2) return Duration::zero();
  gaps_.push_back({now, late});
  if (gaps_.size() > gaps_kept) gaps_.pop_front();
  return late;
}

Change History::compare(const Task& task) const {
  Change change;
  change.task = task;
  const Task* before = previous_of(task.id);
  if (before == nullptr) return change;
  change.seen_before = true;
  change.same_call = task.call.has_value() && same_call(*before, task);
  const bool stayed = same_call(*before, task) && same_registers(*before, task);
  change.same_wait = stayed && (before->switch_count == task.switch_count || same_long_wait(*before, task));
  change.switches = task.switch_count - std::min(task.switch_count, before->switch_count);
  change.cpu_time = std::max(cpu_time_of(task) - cpu_time_of(*before), Duration::zero());
  return change;
}

Instant History::waiting_since(const Change& change, Instant now) const {
  const auto& task = change.task;
  if (task.off_cpu_since) return *task.off_cpu_since;
  const auto known = still_since_.find(task.id);
  return change.same_wait && known != still_since_.end() ? known->second : now;
}

// The kernel side lets us see the leader of such a process in every scan. A crash may be told a moment before
// the first of them.
void History::keep_crashes(const Snapshot& snapshot) {
  const auto is_over = [&](const Crash& crash) {
    return std::none_of(snapshot.suspects.begin(), snapshot.suspects.end(), [&](const Task& task) {
      return task.process == crash.process && task.crashed_thread_seen;
    });
  };
  std::erase_if(crashes_, is_over);
  crashes_.insert(crashes_.end(), snapshot.crashes.begin(), snapshot.crashes.end());
}

Changes History::advance(Snapshot snapshot) {
  Changes changes;
  changes.now = snapshot.taken;
  const Instant now = snapshot.taken.monotonic;
  changes.discounted = note_gap(now);
  if (previous_) changes.interval = now - previous_->taken.monotonic;
  std::map<TaskId, Instant> still_since;
  for (const auto& task : snapshot.suspects) {
    auto change = compare(task);
    if (task.state != RunState::running) {
      change.waiting_since = waiting_since(change, now);
      change.waiting_since_exact = task.off_cpu_since && task.off_cpu_since_exact;
      change.waiting = elapsed(change.waiting_since, now);
      still_since[task.id] = change.waiting_since;
    }
    if (const auto since = in_call_since(task)) change.in_call = elapsed(*since, now);
    if (task.kill_pending && task.kill_pending_since)
      change.kill_pending = elapsed(*task.kill_pending_since, now);
    changes.suspects.push_back(std::move(change));
  }
  still_since_ = std::move(still_since);
  changes.deaths = snapshot.deaths;
  keep_crashes(snapshot);
  changes.crashes = crashes_;
  changes.suspended = snapshot.suspended;
  changes.complete = snapshot.complete;
  changes.absent = snapshot.absent;
  changes.processes = snapshot.processes;
  previous_ = std::move(snapshot);
  return changes;
}

}  // namespace wedged
