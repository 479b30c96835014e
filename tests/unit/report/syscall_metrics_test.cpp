// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "observation/syscall_names.h"
#include "unit/report/metric_values.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;

constexpr const char* durations = "wedged_syscall_duration_seconds";

SyscallStats stats_of(const std::string& name) {
  SyscallStats stats;
  stats.number = syscall_number(name).value();
  return stats;
}

Published with_calls(const SyscallTable& calls) {
  Published state;
  state.at = shown_now();
  state.syscalls = calls;
  return state;
}

prometheus::ClientMetric::Histogram histogram_in(const Published& state, const std::string& name) {
  const Scrape scrape(state);
  const auto* series = scrape.series(durations, {{"syscall", name}});
  EXPECT_NE(series, nullptr) << name;
  return series == nullptr ? prometheus::ClientMetric::Histogram{} : series->histogram;
}

TEST(SyscallMetrics, have_the_unnamed_groups_from_the_start) {
  const Scrape scrape(nullptr);
  for (const std::string group : {"other", "compat"}) {
    ASSERT_NE(scrape.series(durations, {{"syscall", group}}), nullptr);
    EXPECT_EQ(scrape.series(durations, {{"syscall", group}})->histogram.sample_count, 0U);
    EXPECT_EQ(scrape.value("wedged_syscall_errors_total", {{"syscall", group}}), 0.0);
  }
  EXPECT_EQ(scrape.series_count(durations), 2U);
}

TEST(SyscallMetrics, bounds_are_powers_of_two_nanoseconds_in_rising_order) {
  const auto histogram = histogram_in(with_calls({}), "other");
  ASSERT_EQ(histogram.bucket.size(), 14U);
  EXPECT_DOUBLE_EQ(histogram.bucket.front().upper_bound, 1024e-9);
  EXPECT_DOUBLE_EQ(histogram.bucket.back().upper_bound, 68.719476736);
  for (std::size_t at = 1; at < histogram.bucket.size(); ++at) {
    EXPECT_LT(histogram.bucket[at - 1].upper_bound, histogram.bucket[at].upper_bound);
  }
}

// The upper bound of kernel bucket `at` in seconds.
double upper_bound_of(std::size_t at) {
  return static_cast<double>(std::uint64_t{1} << (at + first_bucket_shift)) / 1e9;
}

TEST(SyscallMetrics, every_kernel_bucket_counts_below_exactly_the_bounds_at_or_above_its_own) {
  for (std::size_t at = 0; at < latency_buckets; ++at) {
    SyscallStats stats = stats_of("fsync");
    stats.buckets[at] = 5;
    const auto histogram = histogram_in(with_calls({stats}), "fsync");
    for (const auto& bucket : histogram.bucket) {
      const bool within = at + 1 < latency_buckets && upper_bound_of(at) <= bucket.upper_bound;
      EXPECT_EQ(bucket.cumulative_count, within ? 5U : 0U)
          << "bucket " << at << ", le " << bucket.upper_bound;
    }
    EXPECT_EQ(histogram.sample_count, 5U) << "the +Inf bucket has them all";
  }
}

TEST(SyscallMetrics, the_count_is_the_sum_of_the_buckets_though_calls_went_on_meanwhile) {
  SyscallStats stats = stats_of("fsync");
  stats.calls = 1000;
  for (auto& bucket : stats.buckets) bucket = 2;
  EXPECT_EQ(histogram_in(with_calls({stats}), "fsync").sample_count, 2 * latency_buckets);
}

TEST(SyscallMetrics, sums_and_errors_are_by_call) {
  SyscallStats stats = stats_of("fsync");
  stats.total_ns = 1'500'000'000;
  stats.errors = 3;
  const Published state = with_calls({stats});
  EXPECT_DOUBLE_EQ(histogram_in(state, "fsync").sample_sum, 1.5);
  EXPECT_EQ(Scrape(state).value("wedged_syscall_errors_total", {{"syscall", "fsync"}}), 3.0);
}

TEST(SyscallMetrics, calls_without_a_name_are_other_and_32_bit_ones_are_compat) {
  SyscallStats beyond;
  beyond.errors = 1;
  SyscallStats unnamed;
  unnamed.number = 99'999;
  unnamed.errors = 2;
  SyscallStats compat = stats_of("read");
  compat.compat = true;
  compat.errors = 4;
  const Scrape scrape(with_calls({beyond, compat, unnamed}));
  EXPECT_EQ(scrape.value("wedged_syscall_errors_total", {{"syscall", "other"}}), 3.0);
  EXPECT_EQ(scrape.value("wedged_syscall_errors_total", {{"syscall", "compat"}}), 4.0);
  EXPECT_EQ(scrape.series_count(durations), 2U);
}

TEST(SyscallMetrics, tell_when_the_oldest_call_in_flight_began) {
  Published state = with_calls({});
  state.oldest_calls = {
      {syscall_number("fsync").value(), test_now - 30s}, {-1, test_now - 5s}, {-1, test_now - 7s}};
  const Scrape scrape(state);
  const std::string name = "wedged_syscall_oldest_in_flight_start_timestamp_seconds";
  const double now = static_cast<double>(shown_second) + 0.123;
  EXPECT_DOUBLE_EQ(scrape.value(name, {{"syscall", "fsync"}}).value(), now - 30);
  EXPECT_DOUBLE_EQ(scrape.value(name, {{"syscall", "other"}}).value(), now - 7);
  EXPECT_EQ(scrape.series_count(name), 2U);
}

}  // namespace wedged
