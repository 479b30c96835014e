// SPDX-License-Identifier: Apache-2.0
#include "config/cause_bounds.h"

#include <algorithm>

#include "diagnosis/syscall_limits.h"
#include "observation/syscall_names.h"

namespace wedged {
namespace {

// The limit that is reached first. Without any there is no such finding at all.
std::optional<Duration> least_limit(const Thresholds& thresholds, const std::set<std::string>& calls) {
  std::optional<Duration> least;
  const auto consider = [&](std::string_view call) {
    const auto limit = limit_of(call, thresholds);
    if (limit && (!least || *limit < *least)) least = limit;
  };
  for (const std::string& call : calls) consider(call);
  for (std::size_t number = 0; calls.empty() && number < syscall_count(); ++number)
    consider(syscall_name(static_cast<int>(number)));
  return least;
}

}  // namespace

Certainty highest_certainty(Cause cause) {
  switch (cause) {
    case Cause::slow_syscall:
    case Cause::lost_leader:
    case Cause::stopped: return Certainty::possible;
    case Cause::kernel_loop:
    case Cause::starved:
    case Cause::no_waker: return Certainty::likely;
    case Cause::uninterruptible_wait:
    case Cause::died_in_kernel:
    case Cause::unkillable:
    case Cause::event_loop_spin:
    case Cause::self_deadlock:
    case Cause::lock_cycle:
    case Cause::dead_owner:
    case Cause::fork_inherited_lock:
    case Cause::crashed_thread:
    case Cause::waits_for_stuck: return Certainty::certain;
  }
  return Certainty::certain;
}

std::optional<Duration> least_duration(Cause cause, const Thresholds& thresholds,
                                       const std::set<std::string>& calls) {
  switch (cause) {
    case Cause::uninterruptible_wait: return thresholds.uninterruptible_wait;
    case Cause::kernel_loop: return thresholds.kernel_loop;
    case Cause::slow_syscall: return least_limit(thresholds, calls);
    case Cause::unkillable: return thresholds.unkillable;
    case Cause::starved: return thresholds.starved;
    case Cause::event_loop_spin: return std::max(thresholds.event_loop_spin - punctuality, Duration{});
    case Cause::lost_leader: return thresholds.lost_leader;
    case Cause::stopped: return thresholds.stopped;
    case Cause::self_deadlock:
    case Cause::lock_cycle:
    case Cause::dead_owner:
    case Cause::fork_inherited_lock:
    case Cause::no_waker: return thresholds.lock_wait;
    case Cause::died_in_kernel:
    case Cause::crashed_thread:
    case Cause::waits_for_stuck: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace wedged
