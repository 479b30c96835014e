// SPDX-License-Identifier: Apache-2.0
// What the kernel says of itself: how often it oopsed, warned, found a task hung or a CPU locked up, and the
// reports of oopses in its log. Values only; none of it is required to be there.
//
// An oops is a fault of the kernel in which the thread that it happened to dies at once, inside its call,
// leaving everything locked that it had locked. A warning, a soft lockup, a stalled RCU or a hung task is
// none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "util/clock.h"

namespace wedged {

// Since boot, as the kernel counts. Absent: this kernel has no such counter.
struct KernelCounters {
  std::optional<std::uint64_t> oopses;        // v6.2, and stable kernels since
  std::optional<std::uint64_t> warnings;      // v6.2
  std::optional<std::uint64_t> hung_tasks;    // v6.13
  std::optional<std::uint64_t> soft_lockups;  // this and the next two: v6.16
  std::optional<std::uint64_t> hard_lockups;
  std::optional<std::uint64_t> rcu_stalls;
  std::optional<std::uint64_t> taint;  // bit mask: Documentation/admin-guide/tainted-kernels.rst

  bool operator==(const KernelCounters&) const = default;
};

// One oops, as the kernel's log tells it.
//
// The log is stamped with printk's own clock (local_clock(), microseconds), which like CLOCK_MONOTONIC stands
// still in suspend, but is not steered by NTP: they drift apart by some ten ppm, seconds in a week. So `at`
// is corrected by the present difference of the two, and a report that was not there at one scan and is at
// the next was made between the two.
struct OopsReport {
  Instant at{};            // of its first line
  std::optional<int> tid;  // as the first PID namespace has it; absent: other reports run through this one
  std::string comm;        // of that thread; empty if it is not known
  std::string what;        // "BUG: kernel NULL pointer dereference, address: 0000000000000000"
  std::vector<std::string> lines;  // the first, without registers and the like; see most_oops_lines

  bool operator==(const OopsReport&) const = default;
};

inline constexpr std::size_t most_oops_lines = 16;
inline constexpr std::size_t most_oops_line_bytes = 256;

// What one scan heard.
struct KernelVoice {
  KernelCounters counters;
  std::vector<OopsReport> oopses;  // since the previous scan; with the first, what the log still had

  bool operator==(const KernelVoice&) const = default;
};

// How far the time of a thread's death may be from that of its report. It dies when its report is printed,
// which takes seconds on a serial console; the report's time is known to one scan in the worst case. Ids are
// reused after tens of thousands of forks, which is longer.
inline constexpr Duration oops_tolerance = std::chrono::seconds(10);

// The report of a thread that died then: that of its id closest in time. Null if there is none.
[[nodiscard]] const OopsReport* report_of(const std::vector<OopsReport>& reports, int tid, Instant died,
                                          Duration tolerance = oops_tolerance);

// The last report of a thread that had this id all the time from `born` to `seen`: for one whose death nobody
// saw and that is still there, as a leader without its process is.
[[nodiscard]] const OopsReport* report_between(const std::vector<OopsReport>& reports, int tid, Instant born,
                                               Instant seen);

}  // namespace wedged
