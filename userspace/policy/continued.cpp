// SPDX-License-Identifier: Apache-2.0
// A snapshot of later, made up from the last two.
#include <algorithm>
#include <cmath>

#include "policy/rehearsal.h"

namespace wedged {
namespace {

// How much later, in steps from the earlier snapshot to the last.
struct Passage {
  Duration later{};
  Duration step{};
  double steps = 0;

  void count_on(std::uint64_t before, std::uint64_t& value) const {
    if (value <= before) return;
    value += static_cast<std::uint64_t>(std::llround(steps * static_cast<double>(value - before)));
  }
  void count_on(const CallCounts& before, CallCounts& value) const {
    count_on(before.ready, value.ready);
    count_on(before.productive, value.productive);
    count_on(before.fruitless, value.fruitless);
  }
  // What began anew between the two begins anew again and again. A begin that is reckoned differs a little
  // from one snapshot to the next.
  void move_on(const std::optional<Instant>& before, std::optional<Instant>& value) const {
    if (value && (!before || *value - *before > step / 2)) *value += later;
  }
};

void go_on(const SystemCall& before, SystemCall& call, const Passage& passage) {
  if (before.same_as(call)) return;
  passage.move_on(before.entered, call.entered);
  if (before.sequence && call.sequence) passage.count_on(*before.sequence, *call.sequence);
}

void go_on(const LoopFacts& before, LoopFacts& loop, const Passage& passage) {
  passage.count_on(before.counts, loop.counts);
  if (before.spinning_since == loop.spinning_since) passage.count_on(before.spinning, loop.spinning);
  passage.move_on(before.spinning_since, loop.spinning_since);
}

void go_on(const Task& before, Task& task, const Passage& passage) {
  passage.count_on(before.switch_count, task.switch_count);
  passage.count_on(before.system_time_ns, task.system_time_ns);
  passage.count_on(before.user_time_ns, task.user_time_ns);
  passage.move_on(before.off_cpu_since, task.off_cpu_since);
  passage.move_on(before.scheduling.runnable_since, task.scheduling.runnable_since);
  passage.move_on(before.scheduling.looping_since, task.scheduling.looping_since);
  if (before.call && task.call) go_on(*before.call, *task.call, passage);
  if (before.loop && task.loop) go_on(*before.loop, *task.loop, passage);
}

}  // namespace

Snapshot continued(const Snapshot* earlier, const Snapshot& last, Duration later) {
  Snapshot next = last;
  next.taken.monotonic += later;
  next.taken.wall += later;
  next.deaths.clear();
  next.crashes.clear();
  if (next.voice) next.voice->oopses.clear();
  if (earlier == nullptr || earlier->taken.monotonic >= last.taken.monotonic) return next;
  const Duration step = last.taken.monotonic - earlier->taken.monotonic;
  const Passage passage{later, step, seconds_of(later) / seconds_of(step)};
  for (Task& task : next.suspects) {
    const auto before = std::find_if(earlier->suspects.begin(), earlier->suspects.end(),
                                     [&](const Task& other) { return other.id == task.id; });
    if (before != earlier->suspects.end()) go_on(*before, task, passage);
  }
  return next;
}

}  // namespace wedged
