// SPDX-License-Identifier: Apache-2.0
// The kernel side counts in powers of two; some of their bounds are exported. A call of exactly a bound's
// nanoseconds counts above it.
#include <algorithm>
#include <map>
#include <string>

#include "observation/syscall_names.h"
#include "report/metric_groups.h"

namespace wedged {
namespace {

using prometheus::ClientMetric;

// Exponents of the exported bounds, 2^n ns: 1 us ... 69 s, each four times the one before. (Odd exponents
// would show as 8.589934592000001: the serializer writes 16 digits.)
constexpr std::array<unsigned, 14> bound_shifts{10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36};
static_assert(bound_shifts.front() >= first_bucket_shift);
static_assert(bound_shifts.back() < first_bucket_shift + latency_buckets - 1,
              "the last bucket has no upper bound");

std::string label_of(int number, bool compat) {
  if (compat) return "compat";
  const std::string_view name = syscall_name(number);
  return name.empty() ? "other" : std::string(name);
}

void merge(SyscallStats& into, const SyscallStats& stats) {
  into.errors += stats.errors;
  into.total_ns += stats.total_ns;
  for (std::size_t at = 0; at < latency_buckets; ++at) into.buckets[at] += stats.buckets[at];
}

// The count is the sum of the buckets, not `calls`: those are read one after the other while calls go on, and
// a histogram whose count is not its last bucket is refused.
ClientMetric::Histogram histogram_of(const SyscallStats& stats) {
  ClientMetric::Histogram histogram;
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  for (const unsigned shift : bound_shifts) {
    for (; bucket + first_bucket_shift <= shift; ++bucket) below += stats.buckets[bucket];
    histogram.bucket.push_back({below, number_of(std::uint64_t{1} << shift) / 1e9});
  }
  for (; bucket < latency_buckets; ++bucket) below += stats.buckets[bucket];
  histogram.sample_count = below;
  histogram.sample_sum = number_of(stats.total_ns) / 1e9;
  return histogram;
}

void add_oldest(Families& families, const Published& state) {
  std::map<std::string, Instant> oldest;
  for (const OldestCall& call : state.oldest_calls) {
    const auto [entry, fresh] = oldest.try_emplace(label_of(call.number, false), call.entered);
    if (!fresh) entry->second = std::min(entry->second, call.entered);
  }
  for (const auto& [name, entered] : oldest) {
    families.add(Metric::oldest_call, {label("syscall", name)},
                 seconds_of(state.at.wall_of(entered).time_since_epoch()));
  }
}

}  // namespace

void add_syscall_metrics(Families& families, const Published& state) {
  std::map<std::string, SyscallStats> calls{{"compat", {}}, {"other", {}}};
  for (const SyscallStats& stats : state.syscalls) merge(calls[label_of(stats.number, stats.compat)], stats);
  for (const auto& [name, stats] : calls) {
    families.add(Metric::syscall_duration, {label("syscall", name)}, histogram_of(stats));
    families.add(Metric::syscall_errors, {label("syscall", name)}, number_of(stats.errors));
  }
  add_oldest(families, state);
}

}  // namespace wedged
