// SPDX-License-Identifier: Apache-2.0
// How long something must last before it is a finding. Values come from the configuration; the defaults are
// here.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "util/clock.h"

namespace wedged {

// Since when a loop spins is known to a scan, and scans do not come to the microsecond: the one that is due
// is in time.
inline constexpr Duration punctuality = std::chrono::milliseconds(100);

struct Thresholds {
  Duration uninterruptible_wait = std::chrono::seconds(10);
  Duration kernel_loop = std::chrono::seconds(10);
  Duration unkillable = std::chrono::seconds(10);
  Duration starved = std::chrono::seconds(10);
  Duration event_loop_spin = std::chrono::seconds(5);
  Duration lost_leader = std::chrono::seconds(10);
  Duration stopped = std::chrono::seconds(60);
  Duration lock_wait = std::chrono::seconds(10);  // of a thread that waits for a user-space lock
  // Limit of one call; absent: none. Applies to calls that are not made to wait (diagnosis/syscall_limits.h).
  std::optional<Duration> slow_syscall_default = std::chrono::seconds(60);
  // By name of the call, in front of the default. An empty value says: no limit for this call.
  std::map<std::string, std::optional<Duration>> slow_syscall_limits;

  bool operator==(const Thresholds&) const = default;
};

}  // namespace wedged
