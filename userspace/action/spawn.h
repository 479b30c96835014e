// SPDX-License-Identifier: Apache-2.0
// Spawn: a child process whose start blocks nobody. posix_spawn(3) would: it waits until the child has called
// execve, and that waits for the disk that the program is on. So it is fork, and what fails in the child is
// read from a pipe later.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/clock.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {

struct SpawnPlan {
  std::vector<std::string> command;      // program and arguments; the program's path is absolute
  std::vector<std::string> environment;  // "NAME=value"; the child has nothing else
  std::string input;                     // what it reads from its standard input
  Duration cpu_time{};                   // RLIMIT_CPU, in whole seconds; 0: not limited
  std::uint64_t memory_bytes = 0;        // RLIMIT_AS; 0: not limited
  std::uint64_t file_bytes = 0;          // RLIMIT_FSIZE; 0: not limited
  bool rehearsal = false;                // looks whether the program is there and can be executed, no more
};

struct SpawnedChild {
  pid_t id = 0;    // leads a session and a process group of its own
  Fd process;      // pidfd
  Fd output;       // its standard output and error; does not block
  Fd start_error;  // an errno, once the start has failed; does not block
};

// `extra`: a descriptor that the child finds as `extra_descriptor`; -1: none. The child dies with the thread
// that calls this (PR_SET_PDEATHSIG): that must be the one that lives as long as the monitor.
[[nodiscard]] Result<SpawnedChild> spawn(const SpawnPlan& plan, int extra = -1);

inline constexpr int extra_descriptor = 3;

// Its path is there and can be executed by us, as far as the child could tell; the errno otherwise.
[[nodiscard]] std::optional<int> read_start_error(const Fd& start_error);

}  // namespace wedged
