// SPDX-License-Identifier: Apache-2.0
#include "daemon/lookout.h"

#include <algorithm>
#include <thread>

namespace wedged {

Lookout::Lookout(Observer observer, Inspecting inspecting)
    : observer_(std::move(observer)), inspector_(Inspector::own_executable), scrutiny_(inspecting) {}

Result<Snapshot> Lookout::look_once(const ClockPair& now, Wishes& wishes) {
  auto snapshot = observer_.scan(now);
  if (!snapshot) return snapshot.error();
  scrutiny_.complete(*snapshot);
  wishes = scrutiny_.attend(*snapshot);
  return snapshot;
}

Result<Snapshot> Lookout::scan(const ClockPair& now) {
  listen(now.monotonic);
  Wishes wishes;
  auto snapshot = look_once(now, wishes);
  if (!snapshot) return snapshot.error();
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
    samples.push_back(std::move(*snapshot));
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
