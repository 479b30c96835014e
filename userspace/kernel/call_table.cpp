// SPDX-License-Identifier: Apache-2.0
#include "kernel/call_table.h"

#include <sys/mman.h>

#include <cerrno>
#include <span>
#include <utility>

#include "abi.h"

namespace wedged {
namespace {

static_assert(latency_buckets == WEDGED_LATENCY_BUCKETS);
static_assert(first_bucket_shift == WEDGED_FIRST_BUCKET_SHIFT);

void add(SyscallStats& sum, const wedged_call_stats& stats) {
  sum.errors += stats.errors;
  sum.total_ns += stats.total_ns;
  for (std::size_t bucket = 0; bucket < latency_buckets; ++bucket) {
    sum.buckets[bucket] += stats.buckets[bucket];
    sum.calls += stats.buckets[bucket];
  }
}

}  // namespace

Result<CallTable> CallTable::map(int map, unsigned cpus) {
  const std::size_t bytes = std::size_t{cpus} * WEDGED_CALLS * sizeof(wedged_call_stats);
  void* memory = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, map, 0);
  if (memory == MAP_FAILED) return system_error(errno, "map the call statistics");
  return CallTable{static_cast<const wedged_call_stats*>(memory), bytes};
}

CallTable::CallTable(CallTable&& other) noexcept
    : stats_(std::exchange(other.stats_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

CallTable& CallTable::operator=(CallTable&& other) noexcept {
  std::swap(stats_, other.stats_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

CallTable::~CallTable() {
  if (stats_ != nullptr) munmap(const_cast<wedged_call_stats*>(stats_), bytes_);
}

SyscallTable CallTable::read() const {
  SyscallTable table;
  const std::span<const wedged_call_stats> all{stats_, bytes_ / sizeof(wedged_call_stats)};
  for (std::size_t number = 0; number < WEDGED_CALLS; ++number) {
    SyscallStats sum;
    for (std::size_t at = number; at < all.size(); at += WEDGED_CALLS) {
      if (all[at].total_ns != 0) add(sum, all[at]);
    }
    if (sum.calls == 0) continue;
    sum.compat = number == WEDGED_CALL_COMPAT;
    sum.number = number < WEDGED_CALL_OTHER ? static_cast<int>(number) : -1;
    table.push_back(sum);
  }
  return table;
}

}  // namespace wedged
