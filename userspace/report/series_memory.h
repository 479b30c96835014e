// SPDX-License-Identifier: Apache-2.0
// SeriesMemory: a point every ten seconds for the last hour, from counters that only grow: system calls, and
// the monitor's own cost. Bounded: 360 points of at most 96 calls of 28 bytes, about 1 MiB in all. Pure; not
// thread-safe, the scan loop owns it; what it hands out is immutable and may be read anywhere.
#pragma once

#include <memory>

#include "observation/snapshot.h"
#include "observation/syscall_stats.h"
#include "report/remembered.h"

namespace wedged {

// What one scan adds.
struct ScanFigures {
  Instant at{};
  Duration scan_duration{};
  Duration cpu{};
  std::uint64_t threads = 0;
};

class SeriesMemory {
 public:
  static constexpr Duration spacing = std::chrono::seconds(10);
  static constexpr std::size_t most_points = 360;
  static constexpr std::size_t most_calls = 96;

  // After every good scan. Cheap unless a point is due.
  void scanned(const ScanFigures& scan, const SyscallTable& table, const LossesByReason& losses);

  [[nodiscard]] std::shared_ptr<const Series<SyscallPoint>> syscalls() const { return syscalls_; }
  [[nodiscard]] std::shared_ptr<const Series<MonitorPoint>> monitor() const { return monitor_; }

 private:
  void begin(Instant at, const SyscallTable& table, std::uint64_t losses);

  std::shared_ptr<const Series<SyscallPoint>> syscalls_ = std::make_shared<Series<SyscallPoint>>();
  std::shared_ptr<const Series<MonitorPoint>> monitor_ = std::make_shared<Series<MonitorPoint>>();
  bool begun_ = false;
  Instant since_{};      // the end of the last point
  SyscallTable before_;  // as it was then
  std::uint64_t losses_before_ = 0;
  MonitorPoint current_;  // collects the scans since
};

// What these calls did between two readings; absent where a counter has gone back, which says nothing.
[[nodiscard]] std::optional<CallFigures> figures_between(const SyscallStats& before, const SyscallStats& now,
                                                         Duration span);

}  // namespace wedged
