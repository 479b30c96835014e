// SPDX-License-Identifier: Apache-2.0
// What the kernel side may leave out of a scan because it certainly is no finding yet. Values only.
#pragma once

#include <array>

#include "util/clock.h"

namespace wedged {

// As WEDGED_CALLS in bpf/abi.h; the last two slots stand for all numbers beyond and for 32-bit calls.
inline constexpr std::size_t syscall_table_size = 512;

struct SuspectLimits {
  Duration wait{};   // in D state for at least so long
  Duration futex{};  // in a futex without a timeout for at least so long; zero: never a suspect for that
  std::array<Duration, syscall_table_size>
      calls{};  // by number: in one call for at least so long; zero: never
  // Zero: never a suspect for that.
  Duration loop{};           // in one call, never asleep and never in user mode, for at least so long
  Duration runnable{};       // waits for a CPU for at least so long
  Duration stopped{};        // by job control, a tracer or a freezer, for at least so long
  Duration spin{};           // its loop does nothing, see LoopFacts::spinning_since, for at least so long
  Duration spin_interval{};  // what its calls were good for is compared no more often than that
};

}  // namespace wedged
