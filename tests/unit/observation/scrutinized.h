// SPDX-License-Identifier: Apache-2.0
// Scans under scrutiny: hands snapshots to a Scrutiny as the scan loop does, and answers what it asks.
#pragma once

#include <algorithm>

#include "observation/scrutiny.h"
#include "support/builders.h"

namespace wedged::test {

inline const Instant moment = instant_of_ns(7'000'000'000);  // of a scan that has no other

inline Snapshot scan_of(std::vector<Task> tasks, std::vector<ProcessId> complete = {}) {
  Snapshot snapshot;
  snapshot.taken.monotonic = moment;
  snapshot.suspects = std::move(tasks);
  std::sort(snapshot.suspects.begin(), snapshot.suspects.end(),
            [](const Task& a, const Task& b) { return a.id < b.id; });
  snapshot.complete = std::move(complete);
  return snapshot;
}

inline Wishes attended(Scrutiny& scrutiny, Snapshot& snapshot) {
  scrutiny.complete(snapshot);
  return scrutiny.attend(snapshot);
}
inline Wishes attended(Scrutiny& scrutiny, std::vector<Task> tasks, std::vector<ProcessId> complete = {}) {
  auto snapshot = scan_of(std::move(tasks), std::move(complete));
  return attended(scrutiny, snapshot);
}

// What is read of each thread that was asked for: what the task would have had.
inline void answer(Scrutiny& scrutiny, const Wishes& wishes, const std::vector<Task>& truth,
                   const ProcessSide& side) {
  for (const auto& request : wishes.inspect) {
    InspectReply reply{request.process, side, {}, {}};
    for (const auto& thread : request.threads) {
      for (const auto& task : truth) {
        if (task.id == thread.id && task.user_side)
          reply.threads.push_back({thread.id, *task.user_side, false, thread.standing, thread.asked});
      }
    }
    scrutiny.note(reply);
  }
}

inline ProcessSide glibc_side(std::uint64_t caught_signals = 0, unsigned timers = 0) {
  ProcessSide side;
  side.libc = CLibrary::glibc;
  side.caught_signals = caught_signals;
  side.posix_timers = timers;
  return side;
}

// As the kernel gives it: nothing of its user side.
inline Task unread(Task task) {
  task.user_side.reset();
  return task;
}
inline std::vector<Task> unread(std::vector<Task> tasks) {
  for (auto& task : tasks) task.user_side.reset();
  return tasks;
}

inline std::size_t threads_asked(const Wishes& wishes) {
  std::size_t count = 0;
  for (const auto& request : wishes.inspect) count += request.threads.size();
  return count;
}

}  // namespace wedged::test
