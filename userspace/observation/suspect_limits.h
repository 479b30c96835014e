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
};

}  // namespace wedged
