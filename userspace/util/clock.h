// SPDX-License-Identifier: Apache-2.0
// Time. `Instant` is CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns: it stands still while the host is
// suspended, so every duration taken from it already leaves suspend out. Wall-clock time exists only for
// showing.
#pragma once

#include <chrono>
#include <cstdint>

namespace wedged {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

inline Instant instant_of_ns(std::uint64_t ns) {
  return Instant{Duration{static_cast<std::int64_t>(ns)}};
}
inline double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// Both clocks read at the same moment; converts between them for showing.
struct ClockPair {
  Instant monotonic{};
  WallTime wall{};

  [[nodiscard]] WallTime wall_of(Instant at) const { return wall + (at - monotonic); }

  bool operator==(const ClockPair&) const = default;
};

// The one seam for time: tests hand in their own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual ClockPair now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] ClockPair now() const override;
};

}  // namespace wedged
