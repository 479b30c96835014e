// SPDX-License-Identifier: Apache-2.0
// History: compares this snapshot with the one before. Durations and "has it moved?" exist here and nowhere
// else. Pure: it takes every time from the snapshots. Not thread-safe; the scan loop owns it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "observation/snapshot.h"

namespace wedged {

// One suspect seen over time.
struct Change {
  Task task;                 // as of now
  bool seen_before = false;  // it was a suspect in the previous snapshot as well
  bool same_wait = false;    // verified by two samples: same start, call, registers and switch count
  bool same_call = false;    // verified by two samples: same start and the very same call
  bool same_owner = false;   // verified by two samples: the same lock of the kernel with the same owner ...
  bool same_owner_address = false;  // ... with the same address of an owner, whoever lives there
  bool lock_seen_before = false;    // a lock of the kernel was read of it in the previous snapshot as well
  Duration waiting{};               // how long in the present wait; zero if on CPU. Discounted, see History
  Instant waiting_since{};          // begin of that wait, or the first sight of it
  bool waiting_since_exact = false;
  Duration in_call{};  // how long in the present call; a lower bound if `entered` is unknown
  std::optional<Duration> kill_pending;  // since a fatal signal waits for it
  std::uint64_t switches = 0;            // context switches since the previous snapshot
  Duration cpu_time{};                   // consumed since the previous snapshot
  Duration system_time{};                // of it, in the kernel
  Duration user_time{};                  // of it, in user mode
  std::optional<Duration>
      looping;             // in one call, never asleep and never in user mode; discounted, as `waiting`
  bool same_loop = false;  // verified by two samples: the same call, still without a sleep
  std::optional<Duration> runnable;  // waits for a CPU so long; discounted
  std::optional<Duration> spinning;  // its event loop does, so long; discounted
  bool same_spin = false;            // verified by two samples: it has not stopped spinning in between
  bool same_turn = false;            // verified by two samples: it has not been on a CPU in between
};

struct Changes {
  ClockPair now{};
  Duration interval{};           // since the previous snapshot; zero for the first
  Duration discounted{};         // of it: the monitor itself did not run
  std::vector<Change> suspects;  // sorted by task id
  std::vector<Death> deaths;     // whenever they happened; the last ones, see History
  std::vector<Crash> crashes;    // of processes that still exist, whenever they happened
  Duration suspended{};          // this and the next three as in Snapshot
  std::vector<ProcessId> complete;
  std::vector<NamespacedId> absent;
  std::map<ProcessId, ProcessSide> processes;
  // Whenever they happened. The latest 64; the first to go are those of threads and processes not to be seen.
  std::vector<OopsReport> oopses;
};

// What of a task is compared with the next snapshot's. Not the whole of it: there may be thousands.
struct TaskBefore {
  TaskId id;
  RunState state = RunState::unknown;
  std::uint64_t switch_count = 0;
  std::uint64_t system_time_ns = 0;
  std::uint64_t user_time_ns = 0;
  std::optional<Instant> off_cpu_since;
  std::optional<Instant> runnable_since;
  std::optional<Instant> looping_since;
  std::optional<Instant> spinning_since;
  std::optional<SystemCall> call;
  std::optional<UserRegisters> registers;
  std::optional<KernelLock> kernel_lock;
};

class History {
 public:
  // A snapshot later than `expected_interval` by more than half of it was late because the monitor was
  // starved or the host stood still; nobody may be blamed for that time, so it counts in no duration.
  explicit History(Duration expected_interval) : expected_interval_(expected_interval) {}

  [[nodiscard]] Changes advance(Snapshot snapshot);
  // The pause that is under way has begun with the old one, and may be as long as either.
  void set_expected_interval(Duration interval);

 private:
  struct Gap {
    Instant end;
    Duration length;
  };

  [[nodiscard]] Change compare(Task task) const;
  void measure(Change& change, Instant now) const;
  [[nodiscard]] std::vector<Change> changes_of(std::vector<Task> suspects, Instant now);
  [[nodiscard]] Instant waiting_since(const Change& change, Instant now) const;
  [[nodiscard]] std::optional<Instant> held_back_until(const Task& task, Instant now) const;
  [[nodiscard]] const TaskBefore* previous_of(const TaskId& id) const;
  [[nodiscard]] Duration elapsed(Instant since, Instant now) const;
  Duration note_gap(Instant now);
  void keep_crashes(const Snapshot& snapshot);
  void keep_deaths(const Snapshot& snapshot);
  void keep_oopses(const Snapshot& snapshot);

  Duration expected_interval_;
  Duration interval_before_{};       // until the next snapshot
  std::optional<Instant> previous_;  // when the snapshot before was taken
  std::vector<TaskBefore> before_;   // its suspects, sorted by id
  std::deque<Gap> gaps_;
  std::vector<Crash> crashes_;
  std::vector<Death> deaths_;
  std::vector<OopsReport> oopses_;
  std::map<TaskId, Instant>
      still_since_;  // first sight of the present wait, for waits whose begin nobody knows
  std::map<TaskId, Instant> held_back_;  // last sight of it without quota
};

}  // namespace wedged
