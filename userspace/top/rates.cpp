// SPDX-License-Identifier: Apache-2.0
#include "top/rates.h"

#include <algorithm>
#include <map>

#include "observation/syscall_names.h"

namespace wedged {
namespace {

using Buckets = std::array<std::uint64_t, latency_buckets>;

std::uint64_t growth(std::uint64_t before, std::uint64_t now) {
  return now > before ? now - before : 0;
}

Duration bound_of(std::size_t bucket) {
  return Duration{std::int64_t{1} << (bucket + first_bucket_shift)};
}

// The bucket that holds the call of this rank; ranks begin at 1.
Duration bound_at(const Buckets& buckets, std::uint64_t rank) {
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket) {
    seen += buckets[bucket];
    if (seen >= rank) return bound_of(bucket);
  }
  return bound_of(buckets.size() - 1);
}

SyscallRate rate_of(const SyscallStats& before, const SyscallStats& now, double seconds) {
  SyscallRate rate;
  Buckets buckets{};
  std::uint64_t total = 0;
  for (std::size_t at = 0; at < buckets.size(); ++at)
    total += buckets[at] = growth(before.buckets[at], now.buckets[at]);
  rate.number = now.number;
  rate.compat = now.compat;
  rate.name = name_of_call(now.number, now.compat);
  rate.calls = growth(before.calls, now.calls);
  rate.calls_per_second = static_cast<double>(rate.calls) / seconds;
  rate.errors_per_second = static_cast<double>(growth(before.errors, now.errors)) / seconds;
  if (total == 0) return rate;
  rate.p50 = bound_at(buckets, (total + 1) / 2);
  rate.p99 = bound_at(buckets, total - total / 100);
  rate.longest = bound_at(buckets, total);
  return rate;
}

}  // namespace

std::string name_of_call(int number, bool compat) {
  if (compat) return "32-bit calls";
  if (number < 0) return "other calls";
  const auto name = syscall_name(number);
  return name.empty() ? "call " + std::to_string(number) : std::string(name);
}

std::vector<SyscallRate> rates_between(const SyscallTable& before, const SyscallTable& now,
                                       Duration elapsed) {
  std::vector<SyscallRate> rates;
  if (elapsed <= Duration{}) return rates;
  std::map<std::pair<int, bool>, const SyscallStats*> earlier;
  for (const auto& stats : before) earlier[{stats.number, stats.compat}] = &stats;
  for (const auto& stats : now) {
    const auto found = earlier.find({stats.number, stats.compat});
    const auto rate =
        rate_of(found == earlier.end() ? SyscallStats{} : *found->second, stats, seconds_of(elapsed));
    if (rate.calls > 0) rates.push_back(rate);
  }
  return rates;
}

}  // namespace wedged
