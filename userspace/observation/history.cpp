// SPDX-License-Identifier: Apache-2.0
#include "observation/history.h"

#include <algorithm>
#include <set>
#include <utility>

namespace wedged {
namespace {

TaskBefore to_compare(const Task& task) {
  TaskBefore kept;
  kept.id = task.id;
  kept.state = task.state;
  kept.switch_count = task.switch_count;
  kept.system_time_ns = task.system_time_ns;
  kept.user_time_ns = task.user_time_ns;
  kept.off_cpu_since = task.off_cpu_since;
  kept.runnable_since = task.scheduling.runnable_since;
  kept.looping_since = task.scheduling.looping_since;
  if (task.loop) kept.spinning_since = task.loop->spinning_since;
  kept.call = task.call;
  kept.registers = task.registers;
  if (task.details) kept.kernel_lock = task.details->kernel_lock;
  return kept;
}

bool same_call(const TaskBefore& before, const Task& now) {
  if (before.call.has_value() != now.call.has_value()) return false;
  return !now.call || now.call->same_as(*before.call);
}

bool same_registers(const TaskBefore& before, const Task& now) {
  return !before.registers || !now.registers || *before.registers == *now.registers;
}

// The kernel side carries the begin of a wait over switches that it knows to be no progress:
// bpf/suspect.bpf.h, go_on().
bool same_long_wait(const TaskBefore& before, const Task& now) {
  return in_d_state(before.state) && in_d_state(now.state) && now.switch_count > before.switch_count &&
         now.off_cpu_since && now.off_cpu_since == before.off_cpu_since;
}

Duration growth(std::uint64_t before, std::uint64_t now) {
  return Duration{static_cast<std::int64_t>(now - std::min(before, now))};
}

bool same_loop(const TaskBefore& before, const Task& now) {
  const auto& since = now.scheduling.looping_since;
  return since && since == before.looping_since && now.call && same_call(before, now);
}

bool same_spin(const TaskBefore& before, const Task& now) {
  return now.loop && now.loop->spinning_since && now.loop->spinning_since == before.spinning_since;
}

// Whoever has had a CPU and waits for one again has been switched in between. The begin of the wait is no
// help: where it is reckoned from the scheduler's figures it differs by some nanoseconds from scan to scan.
bool same_turn(const TaskBefore& before, const Task& now) {
  return now.scheduling.runnable_since && before.runnable_since && now.switch_count == before.switch_count;
}

bool same_owner_address(const TaskBefore& before, const Task& now) {
  if (!now.details) return false;
  const auto& then = before.kernel_lock;
  const auto& lock = now.details->kernel_lock;
  return then && lock && then->address == lock->address && then->owner_address == lock->owner_address;
}

bool same_owner(const TaskBefore& before, const Task& now) {
  return same_owner_address(before, now) && before.kernel_lock == now.details->kernel_lock;
}

// How many deaths are kept. They are rare: only an oops or a killed thread that could not come back.
constexpr std::size_t deaths_kept = 256;

struct SpokenOf {
  std::set<ProcessId> processes;   // that lost a thread and live on
  std::set<std::uint64_t> owners;  // of locks that somebody waits for
};

SpokenOf spoken_of_in(const Snapshot& snapshot) {
  SpokenOf spoken_of;
  for (const auto& task : snapshot.suspects) {
    if (task.death_seen) spoken_of.processes.insert(task.process);
    if (task.details && task.details->kernel_lock)
      spoken_of.owners.insert(task.details->kernel_lock->owner_address);
  }
  return spoken_of;
}

// Who was told to exit has unlocked what it held.
int worth_of(const Death& death, const SpokenOf& spoken_of) {
  const bool spoken = spoken_of.processes.count(death.process) != 0 ||
                      (death.address != 0 && spoken_of.owners.count(death.address) != 0);
  return (spoken ? 2 : 0) + (death.group_exit ? 0 : 1);
}

// The earliest moment at which the task was certainly in its present call.
std::optional<Instant> in_call_since(const Task& task) {
  if (!task.call) return std::nullopt;
  return task.call->entered ? task.call->entered : task.off_cpu_since;
}

constexpr std::size_t oopses_kept = 64;

// Its thread is to be seen, or the process that has lost it.
bool concerns(const OopsReport& report, const Snapshot& snapshot, const std::vector<Death>& deaths) {
  return std::any_of(snapshot.suspects.begin(), snapshot.suspects.end(), [&](const Task& task) {
    return task.id.tid == report.tid || std::any_of(deaths.begin(), deaths.end(), [&](const Death& death) {
             return death.id.tid == report.tid && death.process == task.process;
           });
  });
}

}  // namespace

const TaskBefore* History::previous_of(const TaskId& id) const {
  const auto at =
      std::lower_bound(before_.begin(), before_.end(), id,
                       [](const TaskBefore& task, const TaskId& wanted) { return task.id < wanted; });
  return at != before_.end() && at->id == id ? &*at : nullptr;
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

void History::set_expected_interval(Duration interval) {
  interval_before_ = std::max(interval_before_, expected_interval_);
  expected_interval_ = interval;
}

Duration History::note_gap(Instant now) {
  constexpr std::size_t gaps_kept = 64;
  const Duration expected = std::max(expected_interval_, std::exchange(interval_before_, Duration::zero()));
  if (!previous_) return Duration::zero();
  const Duration late = now - *previous_ - expected;
  if (late <= expected / 2) return Duration::zero();
  gaps_.push_back({now, late});
  if (gaps_.size() > gaps_kept) gaps_.pop_front();
  return late;
}

Change History::compare(Task task) const {
  Change change;
  if (const TaskBefore* before = previous_of(task.id)) {
    change.seen_before = true;
    change.same_call = task.call.has_value() && same_call(*before, task);
    change.same_owner = same_owner(*before, task);
    change.same_owner_address = same_owner_address(*before, task);
    change.lock_seen_before = before->kernel_lock.has_value();
    const bool stayed = same_call(*before, task) && same_registers(*before, task);
    change.same_wait = stayed && (before->switch_count == task.switch_count || same_long_wait(*before, task));
    change.switches = task.switch_count - std::min(task.switch_count, before->switch_count);
    change.system_time = growth(before->system_time_ns, task.system_time_ns);
    change.user_time = growth(before->user_time_ns, task.user_time_ns);
    change.cpu_time = change.system_time + change.user_time;
    change.same_loop = same_loop(*before, task);
    change.same_turn = same_turn(*before, task);
    change.same_spin = same_spin(*before, task);
  }
  change.task = std::move(task);
  return change;
}

Instant History::waiting_since(const Change& change, Instant now) const {
  const auto& task = change.task;
  if (task.off_cpu_since) return *task.off_cpu_since;
  const auto known = still_since_.find(task.id);
  return change.same_wait && known != still_since_.end() ? known->second : now;
}

// A quota that is used up holds a thread back, runnable as it is, and so the thread competes for a CPU only
// since then: else it would seem to have starved in the moment between its new quota and its turn.
std::optional<Instant> History::held_back_until(const Task& task, Instant now) const {
  if (task.scheduling.throttled) return now;
  const auto before = held_back_.find(task.id);
  return before == held_back_.end() ? std::nullopt : std::optional(before->second);
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

// A lock of the kernel names its dead owner long before anybody has waited long enough to be seen, and long
// after the owner's process has ended: so deaths are kept without anybody asking for them, within a bound.
void History::keep_deaths(const Snapshot& snapshot) {
  deaths_.insert(deaths_.end(), snapshot.deaths.begin(), snapshot.deaths.end());
  if (deaths_.size() <= deaths_kept) return;
  const auto spoken_of = spoken_of_in(snapshot);
  std::stable_sort(deaths_.begin(), deaths_.end(), [&](const Death& a, const Death& b) {
    return worth_of(a, spoken_of) < worth_of(b, spoken_of);
  });
  deaths_.erase(deaths_.begin(), deaths_.end() - deaths_kept);
}

// A process may stay without one of its threads for as long as the host runs, and its finding cites the
// report.
void History::keep_oopses(const Snapshot& snapshot) {
  if (!snapshot.voice) return;
  const auto& heard = snapshot.voice->oopses;
  oopses_.insert(oopses_.end(), heard.begin(), heard.end());
  while (oopses_.size() > oopses_kept) {
    const auto unconcerned = std::find_if_not(oopses_.begin(), oopses_.end(), [&](const OopsReport& report) {
      return concerns(report, snapshot, deaths_);
    });
    oopses_.erase(unconcerned == oopses_.end() ? oopses_.begin() : unconcerned);
  }
}

// How long it has been as it is.
void History::measure(Change& change, Instant now) const {
  Task& task = change.task;
  if (task.state != RunState::running) {
    change.waiting_since = waiting_since(change, now);
    change.waiting_since_exact = task.off_cpu_since && task.off_cpu_since_exact;
    change.waiting = elapsed(change.waiting_since, now);
  }
  if (const auto since = in_call_since(task)) change.in_call = elapsed(*since, now);
  auto& runnable_since = task.scheduling.runnable_since;
  const auto held_back = held_back_until(task, now);
  if (held_back && runnable_since && !task.scheduling.throttled)
    runnable_since = std::max(*runnable_since, *held_back);
  if (task.scheduling.looping_since) change.looping = elapsed(*task.scheduling.looping_since, now);
  if (runnable_since) change.runnable = elapsed(*runnable_since, now);
  if (task.loop && task.loop->spinning_since) change.spinning = elapsed(*task.loop->spinning_since, now);
  if (task.kill_pending && task.kill_pending_since)
    change.kill_pending = elapsed(*task.kill_pending_since, now);
}

// The suspects move into what is returned; what the next snapshot is compared with stays.
std::vector<Change> History::changes_of(std::vector<Task> suspects, Instant now) {
  std::vector<Change> changes;
  std::vector<TaskBefore> before;
  std::map<TaskId, Instant> still_since;
  std::map<TaskId, Instant> held_back;
  changes.reserve(suspects.size());
  before.reserve(suspects.size());
  for (auto& task : suspects) {
    before.push_back(to_compare(task));
    if (const auto until = held_back_until(task, now)) held_back[task.id] = *until;
    auto& change = changes.emplace_back(compare(std::move(task)));
    measure(change, now);
    if (change.task.state != RunState::running) still_since[change.task.id] = change.waiting_since;
  }
  still_since_ = std::move(still_since);
  held_back_ = std::move(held_back);
  before_ = std::move(before);
  return changes;
}

Changes History::advance(Snapshot snapshot) {
  Changes changes;
  changes.now = snapshot.taken;
  const Instant now = snapshot.taken.monotonic;
  changes.discounted = note_gap(now);
  if (previous_) changes.interval = now - *previous_;
  keep_deaths(snapshot);
  changes.deaths = deaths_;
  keep_crashes(snapshot);
  changes.crashes = crashes_;
  keep_oopses(snapshot);
  changes.oopses = oopses_;
  changes.suspects = changes_of(std::move(snapshot.suspects), now);
  changes.suspended = snapshot.suspended;
  changes.complete = std::move(snapshot.complete);
  changes.absent = std::move(snapshot.absent);
  changes.processes = std::move(snapshot.processes);
  previous_ = now;
  return changes;
}

}  // namespace wedged
