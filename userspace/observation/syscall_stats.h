// SPDX-License-Identifier: Apache-2.0
// Statistics of finished calls, summed over all CPUs since the monitor started. Values only.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "util/clock.h"

namespace wedged {

// Bucket i counts calls of less than 2^(i + 8) ns and no fewer than half that (the first also all shorter
// ones, the last also all longer ones): 256 ns ... about 137 s. abi.h asserts the same numbers.
inline constexpr std::size_t latency_buckets = 30;
inline constexpr unsigned first_bucket_shift = 8;

struct SyscallStats {
  int number = -1;           // -1: numbers beyond the table
  bool compat = false;       // all calls through the 32-bit interface together
  std::uint64_t calls = 0;   // finished
  std::uint64_t errors = 0;  // of them: returned -4095 ... -1
  std::uint64_t total_ns = 0;
  std::array<std::uint64_t, latency_buckets> buckets{};
};

struct OldestCall {
  int number = -1;
  Instant entered{};
};

using SyscallTable = std::vector<SyscallStats>;  // only calls seen at least once; sorted by number

}  // namespace wedged
