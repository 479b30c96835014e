// SPDX-License-Identifier: Apache-2.0
// Who makes how many calls: the growth between two censuses, by thread, process, and unit. Pure. A thread
// that began and ended in between is in neither and is left out; the syscalls' own table (rates.h) has its
// calls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observation/census.h"

namespace wedged {

struct CallRate {
  double calls_per_second = 0;  // begun
  double errors_per_second = 0;

  bool operator==(const CallRate&) const = default;
};

// Those that returned between the two, each with all of its time: one that took a minute counts as a minute.
struct FinishedCalls {
  std::uint64_t calls = 0;
  Duration time{};

  // Absent: none has returned.
  [[nodiscard]] std::optional<Duration> mean() const;
  bool operator==(const FinishedCalls&) const = default;
};

struct ThreadLoad {
  CensusThread thread;
  std::optional<CallRate> rate;  // absent: not counted, or not twice yet
  FinishedCalls finished;
};

// A thread's call and how long it has been in it.
struct CallInFlight {
  int number = -1;
  bool compat = false;
  Instant since{};
  bool exact = false;  // false: since then at the latest
  TaskId thread;
};

// Of several threads together.
struct LoadSum {
  unsigned threads = 0;
  unsigned running = 0;          // on a CPU or waiting for one
  unsigned blocked = 0;          // in D state
  std::optional<CallRate> rate;  // absent: of none of them
  FinishedCalls finished;
  std::optional<CallInFlight> longest;
};

struct ProcessLoad {
  ProcessId process;
  std::string comm;
  std::string unit;  // systemd unit or container; empty: unknown or none
  LoadSum sum;
};

struct UnitLoad {
  std::string name;      // of the unit, or of the processes that are in none
  bool is_unit = false;  // false: processes of this name that are in none
  unsigned processes = 0;
  LoadSum sum;
};

// In the order of `now`; without a census before nobody has a rate.
[[nodiscard]] std::vector<ThreadLoad> thread_loads(const Census* before, const Census& now);

// Absent outside of calls, and where nothing tells since when.
[[nodiscard]] std::optional<CallInFlight> call_in_flight(const CensusThread& thread);

// Sorted by process. Kernel threads are left out unless they are blocked: the others wait for work.
[[nodiscard]] std::vector<ProcessLoad> process_loads(const std::vector<ThreadLoad>& threads,
                                                     const Census& census);

// What a process is summed up under.
[[nodiscard]] std::string unit_or_name(const ProcessLoad& process);

// Sorted by name.
[[nodiscard]] std::vector<UnitLoad> unit_loads(const std::vector<ProcessLoad>& processes);

}  // namespace wedged
