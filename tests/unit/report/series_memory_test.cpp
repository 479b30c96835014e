// SPDX-License-Identifier: Apache-2.0
#include "report/series_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/report_values.h"

namespace wedged {
namespace {

using namespace test;
using testing::AllOf;
using testing::Gt;
using testing::Lt;

// That many calls of 1 to 2 us, and as many errors as told.
SyscallStats calls_of(int number, std::uint64_t calls, std::uint64_t errors = 0) {
  SyscallStats stats;
  stats.number = number;
  stats.calls = calls;
  stats.errors = errors;
  stats.total_ns = calls * 1500;
  stats.buckets[3] = calls;  // less than 2^11 ns, no less than 2^10 ns
  return stats;
}

ScanFigures scan_at(Duration after, std::uint64_t threads = 100) {
  return {test_now + after, 2ms, 3ms, threads};
}

TEST(SeriesMemory, makes_a_point_every_ten_seconds_from_differences) {
  SeriesMemory memory;
  memory.scanned(scan_at(0s), {calls_of(1, 1000, 10)}, {});
  memory.scanned(scan_at(9s), {calls_of(1, 1500, 12)}, {});
  EXPECT_TRUE(memory.syscalls()->empty());
  memory.scanned(scan_at(10s), {calls_of(1, 2000, 15)}, {});
  ASSERT_EQ(memory.syscalls()->size(), 1U);
  const SyscallPoint& point = *memory.syscalls()->front();
  EXPECT_EQ(point.span, 10s);
  ASSERT_EQ(point.calls.size(), 1U);
  EXPECT_FLOAT_EQ(point.calls[0].calls, 100);
  EXPECT_FLOAT_EQ(point.calls[0].errors, 0.5F);
  EXPECT_FLOAT_EQ(point.calls[0].busy, 100 * 1500e-9F);
  EXPECT_THAT(point.calls[0].p50, AllOf(Gt(1.024e-6F), Lt(2.048e-6F)));
  EXPECT_THAT(point.calls[0].p99, AllOf(Gt(point.calls[0].p50), Lt(2.048e-6F)));
}

TEST(SeriesMemory, divides_by_the_time_that_really_passed) {
  SeriesMemory memory;
  memory.scanned(scan_at(0s), {}, {});
  memory.scanned(scan_at(40s), {calls_of(1, 4000)}, {});
  EXPECT_FLOAT_EQ(memory.syscalls()->front()->calls.at(0).calls, 100);
}

TEST(SeriesMemory, tells_few_slow_calls_from_many_fast_ones) {
  SyscallStats before = calls_of(1, 0);
  SyscallStats now = calls_of(1, 980);
  now.calls += 20;
  now.buckets[22] = 20;  // about a second
  const auto figures = figures_between(before, now, 10s);
  ASSERT_TRUE(figures);
  EXPECT_LT(figures->p50, 3e-6F);
  EXPECT_GT(figures->p99, 0.5F);
}

TEST(SeriesMemory, says_nothing_of_a_call_whose_counter_went_back) {
  EXPECT_FALSE(figures_between(calls_of(1, 1000), calls_of(1, 10), 10s));
  EXPECT_FALSE(figures_between(calls_of(1, 10, 5), calls_of(1, 20, 1), 10s));
  EXPECT_FALSE(figures_between(calls_of(1, 10), calls_of(1, 20), 0s));
  SeriesMemory memory;
  memory.scanned(scan_at(0s), {calls_of(1, 1000), calls_of(2, 0)}, {});
  memory.scanned(scan_at(10s), {calls_of(1, 10), calls_of(2, 10)}, {});
  memory.scanned(scan_at(20s), {calls_of(1, 110), calls_of(2, 20)}, {});
  ASSERT_EQ(memory.syscalls()->size(), 2U);
  EXPECT_EQ(memory.syscalls()->at(0)->calls.size(), 1U);
  EXPECT_EQ(memory.syscalls()->at(1)->calls.size(), 2U) << "from the new beginning it counts on";
}

TEST(SeriesMemory, leaves_out_calls_that_were_not_made) {
  SeriesMemory memory;
  memory.scanned(scan_at(0s), {calls_of(1, 10)}, {});
  memory.scanned(scan_at(10s), {calls_of(1, 10)}, {});
  EXPECT_TRUE(memory.syscalls()->front()->calls.empty());
}

TEST(SeriesMemory, keeps_360_points_of_at_most_96_calls) {
  SeriesMemory memory;
  for (int at = 0; at <= 400; ++at) {
    SyscallTable table;
    for (int number = 0; number < 120; ++number)
      table.push_back(
          calls_of(number, static_cast<std::uint64_t>(at) * static_cast<std::uint64_t>(number + 1)));
    memory.scanned(scan_at(at * 10s), table, {});
  }
  ASSERT_EQ(memory.syscalls()->size(), SeriesMemory::most_points);
  EXPECT_EQ(memory.monitor()->size(), SeriesMemory::most_points);
  EXPECT_EQ(memory.syscalls()->back()->at, test_now + 4000s);
  ASSERT_EQ(memory.syscalls()->back()->calls.size(), SeriesMemory::most_calls);
  for (const CallFigures& call : memory.syscalls()->back()->calls)
    EXPECT_GE(call.number, 24) << "the busiest are kept";
}

TEST(SeriesMemory, shares_its_points_and_leaves_old_lists_as_they_were) {
  SeriesMemory memory;
  memory.scanned(scan_at(0s), {}, {});
  memory.scanned(scan_at(10s), {}, {});
  const auto before = memory.syscalls();
  memory.scanned(scan_at(11s), {}, {});
  EXPECT_EQ(memory.syscalls(), before);
  memory.scanned(scan_at(20s), {}, {});
  EXPECT_EQ(before->size(), 1U);
  EXPECT_EQ(memory.syscalls()->at(0), before->at(0));
}

TEST(SeriesMemory, adds_up_its_own_cost_and_what_was_lost) {
  SeriesMemory memory;
  memory.scanned(scan_at(0s), {}, {{"task_records", 5}});
  memory.scanned({test_now + 5s, 40ms, 3ms, 100}, {}, {{"task_records", 6}});
  memory.scanned(scan_at(10s, 120), {}, {{"task_records", 7}, {"event_output", 1}});
  const MonitorPoint& point = *memory.monitor()->front();
  EXPECT_EQ(point.longest_scan, 40ms);
  EXPECT_EQ(point.cpu, 6ms);
  EXPECT_EQ(point.threads, 120U);
  EXPECT_EQ(point.losses, 3U);
}

}  // namespace
}  // namespace wedged
