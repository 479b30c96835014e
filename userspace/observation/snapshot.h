// SPDX-License-Identifier: Apache-2.0
// Snapshot: all observations of one scan. Only suspects are in it; the healthy are counted, not listed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "observation/kernel_voice.h"
#include "observation/task.h"
#include "observation/user_side.h"

namespace wedged {

// A task that exited inside a system call other than exit.
struct Death {
  TaskId id;
  ProcessId process;
  std::string comm;
  std::string process_comm;
  std::uint64_t address = 0;  // as in Task, while it lived: locks that it held still name it
  int call_number = -1;
  int exit_code = 0;        // as in wait(2): signal in the low seven bits
  bool group_exit = false;  // the whole process was told to exit
  Instant at{};

  bool operator==(const Death&) const = default;
};

// A thread whose handler for a fatal signal ran and never returned, and that then exited alone.
struct Crash {
  TaskId id;
  ProcessId process;
  std::string comm;
  std::string process_comm;
  int signal = 0;
  Instant delivered{};
  Instant exited{};

  bool operator==(const Crash&) const = default;
};

// Why something the kernel side should have told was not told; the names are label values of metrics.
using LossesByReason = std::map<std::string, std::uint64_t>;

inline constexpr std::uint32_t first_pid_namespace =
    0xEFFFFFFC;  // PROC_PID_INIT_INO, include/linux/proc_ns.h

// A thread id as its own PID namespace has it.
struct NamespacedId {
  std::uint32_t pid_namespace = 0;
  int tid = 0;

  auto operator<=>(const NamespacedId&) const = default;
};

struct Snapshot {
  ClockPair taken{};
  Duration suspended{};  // how much CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC
  std::uint64_t threads_scanned = 0;
  std::vector<Task> suspects;                  // sorted by id
  std::vector<Death> deaths;                   // since the previous snapshot
  std::vector<Crash> crashes;                  // since the previous snapshot
  std::vector<ProcessId> complete;             // sorted: processes of which every thread is among `suspects`
  std::vector<NamespacedId> absent;            // sorted: looked for on the whole host and not found
  std::map<ProcessId, ProcessSide> processes;  // what the inspector read, of some processes
  std::uint64_t hung_task_reports = 0;         // sched_process_hang fired so often since the start
  LossesByReason losses;                       // counters since the start
  std::optional<KernelVoice> voice;            // absent: nobody listened

  bool operator==(const Snapshot&) const = default;
};

}  // namespace wedged
