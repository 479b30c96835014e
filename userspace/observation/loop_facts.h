// SPDX-License-Identifier: Apache-2.0
// What a thread does in a loop around epoll, poll or select: counted on every call, and, of one that seems to
// spin, what its waits return. Values only; what counts as which is in kernel/call_effects.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "observation/other_end.h"
#include "util/clock.h"

namespace wedged {

// Bits of ReadyDescriptor::asked and ::reported: epoll_ctl(2), with the same values as poll(2).
inline constexpr std::uint32_t event_in = 0x001;
inline constexpr std::uint32_t event_pri = 0x002;
inline constexpr std::uint32_t event_out = 0x004;
inline constexpr std::uint32_t event_err = 0x008;
inline constexpr std::uint32_t event_hup = 0x010;
inline constexpr std::uint32_t event_invalid = 0x020;  // POLLNVAL, of poll only
inline constexpr std::uint32_t event_rdhup = 0x2000;
inline constexpr std::uint32_t event_exclusive = 1U << 28;
inline constexpr std::uint32_t event_oneshot = 1U << 30;
inline constexpr std::uint32_t event_edge_triggered = 1U << 31;

// What makes a spin: at least so many ready waits, or calls that fail alike, a second ...
inline constexpr std::uint64_t spin_rate = 1000;
// ... and less than one productive call in so many of them.
inline constexpr std::uint64_t spin_productive_part = 50;

// How many calls of a thread were of which kind.
struct CallCounts {
  std::uint64_t ready = 0;  // waits of the epoll, poll and select family that returned with something ready
  std::uint64_t productive = 0;  // calls that consumed, delivered or changed something
  std::uint64_t fruitless = 0;   // calls on a descriptor that failed, or moved nothing (end of file)

  bool operator==(const CallCounts&) const = default;
};

// The call that most of the fruitless ones were.
struct FailingCall {
  int number = -1;
  int error = 0;  // errno; 0: it returned 0, as at end of file
  int descriptor = -1;

  bool operator==(const FailingCall&) const = default;
};

// What the loop's waits returned, over and over.
struct ReadyDescriptor {
  int descriptor = -1;     // -1: no open descriptor of the process: closed here, but open elsewhere
  std::uint64_t data = 0;  // epoll: what the program has registered with it (epoll_data_t)
  // Events asked for, of select event_in, event_out and event_pri. Of epoll without event_err and event_hup:
  // the kernel adds these to whatever is asked for, so nobody can tell.
  std::uint32_t asked = 0;
  std::uint32_t reported = 0;  // all events that were reported for it
  std::uint64_t returned = 0;  // how often, since LoopWatch::since
  std::uint64_t used = 0;      // productive calls of the process on it since then; its removal is one, too
  std::string file;            // "anon_inode:[timerfd]", "pipe:[1234]", "socket:[99]", a path; empty: unknown
  std::optional<SocketFacts> socket;
  std::optional<OtherEnd> other_end;  // of that socket, or of the pipe
  std::vector<Peer> held_by;          // of descriptor -1: who has the file open

  bool operator==(const ReadyDescriptor&) const = default;
};

// A closer look at a loop that seems to spin.
struct LoopWatch {
  Instant since{};          // all counts below are since then ...
  Instant until{};          // ... until then: nobody is watched for ever
  int wait_call = -1;       // number of the call that it waits with: epoll_wait, ppoll, ...; -1: none seen
  int epoll = -1;           // descriptor of the epoll instance; -1: poll or select
  unsigned registered = 0;  // open descriptors of the process that are registered with it
  unsigned ready_now = 0;   // of them, on its ready list
  bool complete = true;     // false: there was more than could be noted, so `used` may be too small
  std::vector<ReadyDescriptor> ready;  // most often returned first
  // What the failing call's descriptor is, whether waits return it or not; absent: unknown.
  std::optional<ReadyDescriptor> failing;

  bool operator==(const LoopWatch&) const = default;
};

struct LoopFacts {
  // More than a thousand fruitless calls or ready waits a second ever since, and less than 2 % as many
  // productive ones; reckoned from scan to scan. Absent: it does not spin.
  std::optional<Instant> spinning_since;
  CallCounts spinning;                 // since then
  CallCounts counts;                   // since the monitor watches; modulo 2^32
  std::optional<FailingCall> failing;  // absent: no call has dominated
  std::optional<LoopWatch> watch;      // absent: not looked at (yet)

  bool operator==(const LoopFacts&) const = default;
};

}  // namespace wedged
