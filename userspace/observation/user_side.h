// SPDX-License-Identifier: Apache-2.0
// What was read of a thread's and a process's own memory and files, by the inspector, and what was asked of
// it. Values only: nothing here judges. Absent is not zero; what could not be read is named in `missing`, in
// words for people.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observation/process_id.h"
#include "observation/task.h"
#include "util/clock.h"

namespace wedged {

enum class CLibrary { unknown, glibc, musl };

// What was read of a process once for all its threads.
struct ProcessSide {
  CLibrary libc = CLibrary::unknown;
  std::string command_line;                     // arguments joined by spaces; empty: unknown or none
  std::optional<std::uint64_t> caught_signals;  // SigCgt of /proc/PID/status: bit n - 1 is signal n
  std::optional<unsigned> posix_timers;         // timer_create(2), from /proc/PID/timers
  bool executable_deleted = false;              // or replaced on disk since it was started
  std::vector<std::string> missing;

  bool operator==(const ProcessSide&) const = default;
};

// One thread to look at. `registers` as in TaskDetails. `standing` and `asked` come back as they are: what is
// read of a thread holds only for the wait, or spin, that it was asked about, and is no younger than that.
struct InspectThread {
  TaskId id;
  std::optional<AllRegisters> registers;  // absent: no stack can be unwound
  std::uint64_t word_address = 0;         // futex word to read with its surroundings; 0: none
  // Of the stack as it was with these registers, of a thread that runs on; absent: the memory is as it was.
  std::optional<WordSurroundings> stack_copy{};
  std::uint64_t standing = 0;  // of its wait or spin: another number is another one
  Instant asked{};

  bool operator==(const InspectThread&) const = default;
};

struct InspectRequest {
  ProcessId process;
  std::vector<InspectThread> threads;
  std::optional<std::uint32_t>
      uid{};  // whose process it is: who is kept waiting for it; the child is not told

  bool operator==(const InspectRequest&) const = default;
};

struct InspectedThread {
  TaskId id;
  UserSide side;
  bool unfinished = false;  // its stack is worth being asked for again: there was no time or no room for it
  std::uint64_t standing = 0;  // both as they were in the question
  Instant asked{};

  bool operator==(const InspectedThread&) const = default;
};

struct InspectReply {
  ProcessId process;
  ProcessSide side;
  std::vector<InspectedThread> threads;  // of those asked for, those that could be looked at
  std::string failure;  // why nothing, or not all, could be read: deadline, crash, gone; empty: complete

  bool operator==(const InspectReply&) const = default;
};

}  // namespace wedged
