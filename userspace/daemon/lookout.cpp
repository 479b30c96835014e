// SPDX-License-Identifier: Apache-2.0
#include "daemon/lookout.h"

#include <algorithm>
#include <thread>

#include "kernel/kernel_counters.h"

namespace wedged {
namespace {

bool any_spins(const Snapshot& snapshot, const ProcessId& process) {
  return std::any_of(snapshot.suspects.begin(), snapshot.suspects.end(), [&](const Task& task) {
    return task.process == process && task.loop && task.loop->spinning_since;
  });
}

}  // namespace

Lookout::Lookout(Observer observer, Inspecting inspecting, std::size_t threads_per_scan)
    : observer_(std::move(observer)),
      inspector_(Inspector::own_executable),
      scrutiny_(inspecting, threads_per_scan),
      log_(KernelLog::open()) {}

Result<Snapshot> Lookout::look_once(const ClockPair& now, Wishes& wishes) {
  auto snapshot = observer_.scan(now);
  if (!snapshot) return snapshot.error();
  scrutiny_.complete(*snapshot);
  wishes = scrutiny_.attend(*snapshot);
  return snapshot;
}

// After the scan: a thread that oopses dies when its report is printed, so the report of each death that the
// scan tells of is in the log by now.
void Lookout::hear(Snapshot& snapshot) {
  KernelVoice voice{read_kernel_counters(), {}};
  if (log_) {
    voice.oopses = log_->read(observer_.probes().kernel_clock_difference());
    snapshot.losses["kernel_log_overrun"] = log_->lost();
  }
  snapshot.voice = std::move(voice);
}

std::optional<Error> Lookout::deaf() const {
  return log_ ? std::nullopt : std::optional(log_.error());
}

Result<Snapshot> Lookout::scan(const ClockPair& now) {
  listen(now.monotonic);
  Wishes wishes;
  auto snapshot = look_once(now, wishes);
  if (!snapshot) return snapshot.error();
  hear(*snapshot);
  carry_out(wishes);
  observer_.watch(wishes.watch);
  open_questions_.reset();
  if (!wishes.inspect.empty()) open_questions_ = *snapshot;
  listen(now.monotonic);
  return snapshot;
}

// What an answer leads to is asked for at once, not at the next scan: so the finding is in time.
void Lookout::reconsider() {
  if (!open_questions_) return;
  scrutiny_.complete(*open_questions_);
  const auto wishes = scrutiny_.attend_again(*open_questions_);
  carry_out(wishes);
  observer_.watch(wishes.watch);
}

void Lookout::settle(Duration at_most) {
  auto replies = inspector_.wait_for_all(at_most);
  for (auto& reply : replies) scrutiny_.note(std::move(reply));
  if (!replies.empty()) reconsider();
}

// Each turn may show somebody further to look at: the owner of a shared lock, and whom that one waits for.
Result<std::vector<Snapshot>> Lookout::look_at(const ProcessId& process, const Clock& clock, Duration apart) {
  constexpr int turns = 8;
  constexpr Duration patience = std::chrono::seconds(3);
  std::vector<ProcessId> watched{process};
  std::vector<int> looked_up;
  observer_.watch(watched, true);
  for (int turn = 0; turn < turns; ++turn) {
    Wishes wishes;
    auto snapshot = look_once(clock.now(), wishes);
    if (!snapshot) return snapshot.error();
    auto next = wishes.watch;
    if (std::find(next.begin(), next.end(), process) == next.end()) next.push_back(process);
    carry_out(wishes);
    settle(patience);
    observer_.watch(next, true);
    if (wishes.inspect.empty() && next == watched && wishes.look_up == looked_up) break;
    watched = std::move(next);
    looked_up = wishes.look_up;
  }
  std::vector<Snapshot> samples;
  for (int sample = 0; sample < 2; ++sample) {
    if (sample > 0) std::this_thread::sleep_for(apart);
    Wishes ignored;
    auto snapshot = look_once(clock.now(), ignored);
    if (!snapshot) return snapshot.error();
    hear(*snapshot);
    samples.push_back(std::move(*snapshot));
  }
  return samples;
}

// A spin is seen in the second sample at the latest of the third, what it waits for in the one after; its
// stack comes last.
Result<std::vector<Snapshot>> Lookout::look_at_calls(const ProcessId& process, const Clock& clock,
                                                     Duration apart) {
  constexpr int enough_for_who_does_not_spin = 3;
  constexpr int enough = 8;
  constexpr Duration patience = std::chrono::seconds(3);
  observer_.watch({process}, true);
  std::vector<Snapshot> samples;
  for (int sample = 0; sample < enough; ++sample) {
    if (sample > 0) std::this_thread::sleep_for(apart);
    Wishes wishes;
    auto snapshot = look_once(clock.now(), wishes);
    if (!snapshot) return snapshot.error();
    hear(*snapshot);
    carry_out(wishes);
    settle(patience);
    if (std::find(wishes.watch.begin(), wishes.watch.end(), process) == wishes.watch.end())
      wishes.watch.push_back(process);
    observer_.watch(wishes.watch, true);
    const bool spins = any_spins(*snapshot, process);
    samples.push_back(std::move(*snapshot));
    if (samples.size() > 2) samples.erase(samples.begin());
    if (!spins && sample + 1 >= enough_for_who_does_not_spin) break;
  }
  return samples;
}

void Lookout::listen(Instant now) {
  // Once more after each answer: what it leads to is sent by that.
  for (auto replies = inspector_.collect(now); !replies.empty(); replies = inspector_.collect(now)) {
    for (auto& reply : replies) scrutiny_.note(std::move(reply));
    reconsider();
  }
}

void Lookout::carry_out(const Wishes& wishes) {
  for (const auto& request : wishes.inspect) inspector_.request(request);
  if (wishes.forget_set_aside) observer_.forget_set_aside();
  if (!wishes.set_aside.empty()) observer_.set_aside(wishes.set_aside);
  if (wishes.look_up.empty()) {
    scrutiny_.note({}, {});
  } else if (const auto found = observer_.look_up(wishes.look_up)) {
    scrutiny_.note(wishes.look_up, *found);
  }
}

}  // namespace wedged
