// SPDX-License-Identifier: Apache-2.0
#include "observation/scrutiny.h"

#include <algorithm>

#include "observation/futex.h"
#include "observation/lock_layouts.h"
#include "observation/process_wait.h"

namespace wedged {
namespace {

constexpr std::size_t doubtful_per_scan = 16;  // threads
constexpr Duration doubtful_after = std::chrono::seconds(10);
constexpr unsigned candidate_threads = 256;  // a process with more is not asked whether all of it sleeps
constexpr std::size_t candidates_at_most = 16;
constexpr unsigned epoch = 600;  // scans until set-aside waits are looked at again

struct ById {
  bool operator()(const Task& task, const TaskId& id) const { return task.id < id; }
  bool operator()(const TaskId& id, const Task& task) const { return id < task.id; }
};

std::optional<FutexWait> endless_wait(const Task& task) {
  if (!task.call || task.state != RunState::sleeping) return std::nullopt;
  auto wait = futex_wait_of(*task.call);
  return wait && !wait->has_timeout ? wait : std::nullopt;
}

bool spins(const Task& task) {
  return task.loop && task.loop->spinning_since;
}

// What was read of a thread holds as long as this number stays: it is still in the same wait, or in the same
// spin.
std::uint64_t standing_of(const Task& task) {
  if (!spins(task)) return task.switch_count;
  return static_cast<std::uint64_t>(task.loop->spinning_since->time_since_epoch().count());
}

// A dead leader cannot stand for its process: nothing of it can be read any more. Those that live can.
bool lost_its_leader(const Task& task) {
  return task.state == RunState::dead && task.id.tid == task.id.tgid && task.process_threads > 1 &&
         task.process_threads <= candidate_threads;
}

// Those that wait idle, as far as the call tells, can wait until the others have been asked about.
bool is_pressing(const Task& task) {
  const auto wait = endless_wait(task);
  return !wait || looks_like_lock(*wait);
}

bool has(const Snapshot& snapshot, const TaskId& id) {
  return std::binary_search(snapshot.suspects.begin(), snapshot.suspects.end(), id, ById{});
}

}  // namespace

CLibrary Scrutiny::library_of(const ProcessId& process) const {
  const auto found = sides_.find(process);
  return found == sides_.end() ? CLibrary::unknown : found->second.libc;
}

void Scrutiny::note_present(const Snapshot& snapshot) {
  now_ = snapshot.taken.monotonic;
  present_.clear();
  for (const auto& task : snapshot.suspects) {
    if (task.state != RunState::dead)
      present_.emplace(NamespacedId{task.pid_namespace, task.namespace_tid}, &task);
  }
}

// Of a shared lock the whole host was asked, of another one every thread of the process was seen.
bool Scrutiny::is_gone(const Lock& lock, const Task& waiter, const Snapshot& snapshot) const {
  if (!lock.process_private) return absent_.count({waiter.pid_namespace, *lock.owner}) != 0;
  return std::binary_search(snapshot.complete.begin(), snapshot.complete.end(), waiter.process);
}

// The owner has moved since the lock was read, or has ended: the lock may be somebody else's by now. An owner
// that has ended must have been missing already when the lock was read. Where nobody is known to have it, or
// its owner is not seen asleep, it may be passed on without a sign.
Scrutiny::Freshness Scrutiny::freshness_of(const KnownSide& known, const Task& task,
                                           const Snapshot& snapshot) {
  Task seen = task;
  seen.user_side = known.side;
  const auto lock = lock_of(seen, library_of(task.process));
  const bool is_lock = lock && !waits_for_end(lock->kind) &&
                       (lock->owner || lock->kind == LockKind::mutex || lock->kind == LockKind::rwlock);
  if (!is_lock) return Freshness::holds;
  if (!lock->owner) return Freshness::doubtful;
  const auto owner = present_.find({task.pid_namespace, *lock->owner});
  const std::pair waits_for{Wait{task.id, task.switch_count}, *lock->owner};
  if (owner == present_.end() && is_gone(*lock, task, snapshot)) {
    const auto gone = ownerless_since_.emplace(waits_for, now_).first;
    return known.asked < gone->second ? Freshness::outdated : Freshness::holds;
  }
  if (owner == present_.end()) return Freshness::doubtful;
  ownerless_since_.erase(waits_for);
  if (!owner->second->off_cpu_since) return Freshness::doubtful;
  return *owner->second->off_cpu_since > known.asked ? Freshness::outdated : Freshness::holds;
}

void Scrutiny::complete(Snapshot& snapshot) {
  std::map<TaskId, KnownSide> still_known;
  note_present(snapshot);
  doubtful_.clear();
  for (auto& task : snapshot.suspects) {
    const auto found = known_.find(task.id);
    bool known = found != known_.end() && found->second.standing == standing_of(task);
    const auto freshness = known ? freshness_of(found->second, task, snapshot) : Freshness::holds;
    if (freshness == Freshness::doubtful) doubtful_.emplace_back(found->second.asked, task.id);
    if (freshness == Freshness::outdated) {
      asked_.erase(task.id);
      pointed_asked_.erase({task.id, task.switch_count});
      known = false;
    }
    if (known) {
      task.user_side = found->second.side;
      still_known.insert(known_.extract(found));
    } else if (const auto* failure = failures_.reason(task.process)) {
      task.user_side = UserSide{};
      task.user_side->missing.push_back("user side: " + *failure);
    }
    if (const auto side = sides_.find(task.process); side != sides_.end())
      snapshot.processes[task.process] = side->second;
  }
  known_ = std::move(still_known);
  snapshot.absent.assign(absent_.begin(), absent_.end());
  snapshot.losses["processes_not_watched"] = left_out_;
  std::erase_if(sides_, [&](const auto& side) { return snapshot.processes.count(side.first) == 0; });
  failures_.keep_those_in(snapshot);
}

Wishes Scrutiny::attend(const Snapshot& snapshot) {
  failures_.age();
  std::erase_if(asked_, [](const auto& asked) { return asked.second.unfinished; });
  const bool new_epoch = ++scans_ % epoch == 0;
  if (new_epoch) idle_.clear();
  asked_in_scan_ = 0;
  auto wishes = attend_again(snapshot);
  ask_the_doubtful(snapshot, wishes);
  wishes.forget_set_aside = new_epoch;
  left_out_ += watch_.left_out();
  return wishes;
}

// Until the answer is there what was read before stands.
void Scrutiny::ask_the_doubtful(const Snapshot& snapshot, Wishes& wishes) {
  std::sort(doubtful_.begin(), doubtful_.end());
  if (doubtful_.size() > doubtful_per_scan) doubtful_.resize(doubtful_per_scan);
  for (const auto& [asked, id] : doubtful_) {
    if (now_ - asked < doubtful_after) break;
    const auto [task, end] = std::equal_range(snapshot.suspects.begin(), snapshot.suspects.end(), id, ById{});
    if (task == end) continue;
    asked_.erase(id);
    ask(*task, wishes);
  }
}

Wishes Scrutiny::attend_again(const Snapshot& snapshot) {
  Wishes wishes;
  watch_.clear();
  review_candidates(snapshot);
  for (const bool pressing : {true, false}) {
    for (const auto& task : snapshot.suspects) {
      if (is_pressing(task) == pressing) attend_task(task, wishes);
    }
  }
  for (auto& request : wishes.inspect) put_unfinished_first(request);
  std::erase_if(asked_, [&](const auto& asked) { return !has(snapshot, asked.first); });
  std::erase_if(pointed_asked_, [&](const auto& wait) { return !has(snapshot, wait.task); });
  std::erase_if(ownerless_since_, [&](const auto& wait) { return !has(snapshot, wait.first.first.task); });
  for (const auto& process : candidates_) watch_.want(process, candidate_threads, Instant{});
  if (!wishes.look_up.empty()) {
    for (const auto& process : owners_) watch_.want(process, 1, Instant{});
  }
  wishes.watch = watch_.chosen();
  return wishes;
}

void Scrutiny::attend_task(const Task& task, Wishes& wishes) {
  attend_parent(task, wishes);
  attend_standstill(task, wishes);
  if (lost_its_leader(task)) watch_whole(task);
  const bool of_candidate = candidates_.count(task.process) != 0;
  const auto wait = endless_wait(task);
  const bool wanted = task.suspect || inspecting_ == Inspecting::everybody ||
                      (wait && (of_candidate || looks_like_lock(*wait)));
  if (!wanted) return;
  if (!is_read(task)) ask(task, wishes);
  if (wait) attend_wait(task, wishes);
}

// A child that is waited for may wait for what its parent holds.
void Scrutiny::attend_parent(const Task& task, Wishes& wishes) {
  const auto wait = process_wait_of(task);
  if (wait && task.pid_namespace == first_pid_namespace) wishes.look_up.push_back(*wait->owner);
}

// Who runs on the CPU that a thread waits for is healthy itself, and seen only if asked for.
void Scrutiny::attend_standstill(const Task& task, Wishes& wishes) {
  const auto& occupant = task.scheduling.cpu_occupant;
  if (!task.suspect || !task.scheduling.runnable_since || task.scheduling.throttled) return;
  if (occupant && *occupant > 0) wishes.look_up.push_back(*occupant);
}

// Until its memory has been read a wait that looks like a lock's counts as one, so that its finding is in
// time.
void Scrutiny::attend_wait(const Task& task, Wishes& wishes) {
  const auto wait = *endless_wait(task);
  if (!is_read(task)) {
    if (looks_like_lock(wait)) watch_whole(task);
    return;
  }
  const auto lock = lock_of(task, library_of(task.process));
  if (!lock || !has_holder(lock->kind)) {
    set_aside(task, wishes);
    return;
  }
  if (!waits_for_end(lock->kind)) watch_whole(task);  // who is waited for is in the kernel's own hands
  if (lock->kind == LockKind::gave_up && !lock->owner) ask_for_pointed(task, wishes);
  const bool elsewhere = !lock->process_private && lock->owner && lock->kind != LockKind::join &&
                         task.pid_namespace == first_pid_namespace;
  if (elsewhere) wishes.look_up.push_back(*lock->owner);
  auto& idle = idle_[task.process];
  idle.aside[task.id.tid] = {task.id, task.switch_count};
  idle.threads = task.process_threads;
}

void Scrutiny::watch_whole(const Task& task) {
  watch_.want(task.process, task.process_threads, task.off_cpu_since.value_or(now_));
}

void Scrutiny::set_aside(const Task& task, Wishes& wishes) {
  const Wait wait{task.id, task.switch_count};
  if (task.suspect) wishes.set_aside.push_back(wait);
  auto& idle = idle_[task.process];
  idle.aside[task.id.tid] = wait;
  idle.threads = task.process_threads;
  const bool all_sleep =
      idle.aside.size() >= task.process_threads && task.process_threads <= candidate_threads;
  if (all_sleep && candidates_.size() < candidates_at_most && can_be_asleep_for_ever(task.process))
    candidates_.insert(task.process);
}

// One that turns out to have a thread awake, or a way to be woken, is none; its waits stay set aside.
void Scrutiny::review_candidates(const Snapshot& snapshot) {
  for (auto at = candidates_.begin(); at != candidates_.end();) {
    const bool complete = std::binary_search(snapshot.complete.begin(), snapshot.complete.end(), *at);
    const bool awake = std::any_of(snapshot.suspects.begin(), snapshot.suspects.end(), [&](const Task& task) {
      return task.process == *at && task.state != RunState::dead && !endless_wait(task);
    });
    const bool over = (complete && awake) || !can_be_asleep_for_ever(*at);
    if (over) idle_.erase(*at);
    at = over ? candidates_.erase(at) : std::next(at);
  }
}

// As far as is known: the inspector tells handlers and timers. A process of one thread that waits for a lock
// is looked at for its own sake.
bool Scrutiny::can_be_asleep_for_ever(const ProcessId& process) const {
  constexpr std::uint64_t signals_of_the_library = (1ULL << 31) | (1ULL << 32);
  if (failures_.pausing(process)) return false;
  const auto side = sides_.find(process);
  if (side == sides_.end()) return true;
  return (side->second.caught_signals.value_or(0) & ~signals_of_the_library) == 0 &&
         side->second.posix_timers.value_or(0) == 0;
}

bool Scrutiny::is_whole(const TaskId& id) const {
  const auto known = known_.find(id);
  return known != known_.end() && known->second.whole;
}

// What was told instead of a side that could not be read, or of half of one, is not it.
bool Scrutiny::is_read(const Task& task) const {
  return task.user_side && is_whole(task.id);
}

void Scrutiny::ask(const Task& task, Wishes& wishes) {
  if (!task.details || task.kernel_thread || failures_.pausing(task.process)) return;
  // Not sampled yet. Registers without the stack that belongs to them are those of a moment that is over: it
  // was just waiting for a CPU.
  if (spins(task) && !task.details->stack_copy) return;
  const auto asked = asked_.find(task.id);
  if (asked != asked_.end() && asked->second.standing == standing_of(task)) return;
  if (asked_in_scan_ >= threads_per_scan_) return;
  ++asked_in_scan_;
  asked_[task.id] = {standing_of(task)};
  auto at = std::find_if(wishes.inspect.begin(), wishes.inspect.end(),
                         [&](const InspectRequest& request) { return request.process == task.process; });
  if (at == wishes.inspect.end()) at = wishes.inspect.insert(at, {task.process, {}, task.uid});
  const auto wait = task.call ? futex_wait_of(*task.call) : std::nullopt;
  at->threads.push_back({task.id, task.details->registers, wait ? wait->address : 0, task.details->stack_copy,
                         standing_of(task), now_});
}

// So that each answer gets further, however little time there is.
void Scrutiny::put_unfinished_first(InspectRequest& request) const {
  std::stable_partition(request.threads.begin(), request.threads.end(), [this](const InspectThread& thread) {
    const auto known = known_.find(thread.id);
    return known != known_.end() && !known->second.whole;
  });
}

// Once per wait: the second answer adds to the first.
void Scrutiny::ask_for_pointed(const Task& task, Wishes& wishes) {
  if (failures_.pausing(task.process)) return;
  if (!task.user_side->pointed.empty() || !pointed_asked_.insert({task.id, task.switch_count}).second) return;
  InspectRequest request{task.process, {}, task.uid};
  for (const auto address : pi_mutex_candidates(task))
    request.threads.push_back({task.id, std::nullopt, address, std::nullopt, standing_of(task), now_});
  if (!request.threads.empty()) wishes.inspect.push_back(std::move(request));
}

// An answer may come when its wait is over and the thread has been asked about in its next one: it says
// nothing of that.
void Scrutiny::note_thread(InspectedThread thread) {
  const TaskId id = thread.id;
  const auto standing = thread.standing;
  const auto asked = asked_.find(id);
  if (asked == asked_.end() || asked->second.standing != standing) return;
  const auto known = known_.find(id);
  const bool pointed = known != known_.end() && known->second.standing == standing &&
                       pointed_asked_.count({id, standing}) != 0 && thread.side.stack.empty();
  if (known != known_.end() && known->second.standing == standing && known->second.whole && thread.unfinished)
    return;  // less than what is known
  if (!pointed) {
    known_[id] = {standing, std::move(thread.side), thread.asked, !thread.unfinished};
    asked->second.unfinished = thread.unfinished;
  } else if (thread.side.word) {
    known->second.side.pointed.push_back(std::move(*thread.side.word));
  }
}

void Scrutiny::note(InspectReply reply) {
  if (!reply.failure.empty() && reply.threads.empty()) return note_failure(reply.process, reply.failure);
  const bool got_nowhere =
      !reply.threads.empty() && std::all_of(reply.threads.begin(), reply.threads.end(),
                                            [](const InspectedThread& thread) { return thread.unfinished; });
  sides_[reply.process] = std::move(reply.side);
  for (auto& thread : reply.threads) note_thread(std::move(thread));
  if (got_nowhere) return note_failure(reply.process, "no time was left for any stack");
  failures_.forget(reply.process);
}

// Asked again after a pause is whatever has not been answered.
void Scrutiny::note_failure(const ProcessId& process, const std::string& reason) {
  failures_.note(process, reason);
  std::erase_if(
      asked_, [&](const auto& asked) { return asked.first.tgid == process.tgid && !is_whole(asked.first); });
  std::erase_if(pointed_asked_, [&](const Wait& wait) {
    const auto known = known_.find(wait.task);
    return wait.task.tgid == process.tgid && known != known_.end() && known->second.side.pointed.empty();
  });
}

void Scrutiny::note(const std::vector<int>& asked, const std::map<int, ProcessId>& found) {
  absent_.clear();
  owners_.clear();
  for (const int tid : asked) {
    const auto owner = found.find(tid);
    if (owner == found.end()) {
      absent_.insert({first_pid_namespace, tid});
    } else {
      owners_.insert(owner->second);
    }
  }
}

}  // namespace wedged
