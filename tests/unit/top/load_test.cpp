// SPDX-License-Identifier: Apache-2.0
#include "top/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "top_world.h"

namespace wedged::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int call_read = 0, call_futex = 202;

std::optional<CallRate> rate_of(const std::vector<CensusThread>& before, const CensusThread& now,
                                Duration apart = 2s) {
  const auto earlier = census(noon - apart, before);
  return thread_loads(&earlier, census(noon, {now})).at(0).rate;
}

TEST(ThreadLoads, are_the_growth_of_its_counts_a_second) {
  const auto rate = rate_of({counted(thread(1, 1, "a"), 100, 10)}, counted(thread(1, 1, "a"), 300, 14));
  EXPECT_EQ(rate, (CallRate{100, 2}));
}

TEST(ThreadLoads, of_one_that_was_not_there_are_all_it_has_done) {
  EXPECT_EQ(rate_of({}, counted(thread(1, 1, "a"), 50, 4)), (CallRate{25, 2}));
  auto reused = counted(thread(1, 1, "a"), 50, 0);
  reused.id.start_boottime_ns = 4711;
  EXPECT_EQ(rate_of({counted(thread(1, 1, "old"), 1'000'000, 0)}, reused), (CallRate{25, 0}));
}

TEST(ThreadLoads, go_on_where_the_count_of_errors_wraps_around) {
  EXPECT_EQ(rate_of({counted(thread(1, 1, "a"), 10, 0xfffffffe)}, counted(thread(1, 1, "a"), 20, 2))
                ->errors_per_second,
            2);
}

TEST(ThreadLoads, are_none_where_more_errors_than_calls_came) {
  EXPECT_EQ(rate_of({counted(thread(1, 1, "a"), 100, 50)}, counted(thread(1, 1, "a"), 200, 5)), std::nullopt)
      << "of a thread that was switched while it was read";
}

TEST(ThreadLoads, are_unknown_rather_than_guessed) {
  const auto uncounted = thread(1, 1, "a");
  EXPECT_EQ(rate_of({counted(uncounted, 10, 0)}, uncounted), std::nullopt);
  EXPECT_EQ(rate_of({uncounted}, counted(uncounted, 10, 0)), std::nullopt);
  EXPECT_EQ(rate_of({counted(uncounted, 10, 0)}, counted(uncounted, 9, 0)), std::nullopt) << "it fell";
  EXPECT_EQ(rate_of({counted(uncounted, 1, 0)}, counted(uncounted, 9, 0), 0s), std::nullopt) << "no time";
  EXPECT_EQ(thread_loads(nullptr, census(noon, {counted(uncounted, 10, 0)})).at(0).rate, std::nullopt);
}

FinishedCalls finished_of(const std::vector<CensusThread>& before, const CensusThread& now) {
  const auto earlier = census(noon - 1s, before);
  return thread_loads(&earlier, census(noon, {now})).at(0).finished;
}

TEST(FinishedCalls, are_those_that_returned_in_between_with_all_of_their_time) {
  const auto idle = lasting(thread(1, 1, "a"), 10, 1s);
  const auto later = lasting(thread(1, 1, "a"), 14, 3s);
  EXPECT_EQ(finished_of({idle}, later), (FinishedCalls{4, 2s}));
  EXPECT_EQ(finished_of({idle}, later).mean(), 500ms);
  EXPECT_EQ(finished_of({}, later), (FinishedCalls{14, 3s})) << "it began in between";
}

TEST(FinishedCalls, do_not_count_a_call_before_it_returns) {
  const auto waiting = [](std::uint64_t calls, Duration finished) {
    return in_call(lasting(thread(1, 1, "a"), calls, finished), call_read, 5s);
  };
  EXPECT_EQ(finished_of({waiting(10, 1s)}, waiting(10, 1s)).mean(), std::nullopt);
  EXPECT_EQ(finished_of({waiting(10, 1s)}, waiting(11, 61s)), (FinishedCalls{1, 60s}));
  EXPECT_EQ(finished_of({waiting(10, 1s)}, lasting(thread(1, 1, "a"), 10, 61s)), (FinishedCalls{1, 60s}));
  auto since_before_the_monitor = waiting(0, {});
  since_before_the_monitor.call->entered.reset();
  EXPECT_EQ(finished_of({since_before_the_monitor}, lasting(thread(1, 1, "a"), 2, 1s)),
            (FinishedCalls{2, 1s}));
}

TEST(FinishedCalls, are_unknown_rather_than_guessed) {
  const auto uncounted = thread(1, 1, "a");
  const auto counts = [&](std::uint64_t calls, Duration time) { return lasting(uncounted, calls, time); };
  EXPECT_EQ(finished_of({uncounted}, counts(10, 1s)).mean(), std::nullopt);
  EXPECT_EQ(finished_of({counts(10, 1s)}, uncounted).mean(), std::nullopt);
  EXPECT_EQ(finished_of({counts(10, 1s)}, counts(9, 2s)).mean(), std::nullopt) << "the count fell";
  EXPECT_EQ(finished_of({counts(10, 2s)}, counts(12, 1s)).mean(), std::nullopt) << "the time fell";
  EXPECT_EQ(finished_of({counts(10, 2s)}, counts(12, 2s)).mean(), std::nullopt) << "no time is measured";
}

TEST(CallInFlight, is_as_old_as_its_entry_or_else_at_least_as_the_wait) {
  const auto entered = call_in_flight(in_call(thread(1, 1, "a"), call_read, 5s));
  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->since, noon - 5s);
  EXPECT_TRUE(entered->exact);
  auto older = in_call(thread(1, 1, "a"), call_read, 5s);
  older.call->entered.reset();
  EXPECT_FALSE(call_in_flight(older)) << "nothing tells since when";
  older.off_cpu_since = noon - 9s;
  EXPECT_EQ(call_in_flight(older)->since, noon - 9s);
  EXPECT_FALSE(call_in_flight(older)->exact);
  EXPECT_FALSE(call_in_flight(thread(1, 1, "a")));
}

TEST(ProcessLoads, sum_up_threads_by_process) {
  const auto sample =
      sample_of({counted(thread(1, 1, "db"), 0, 0), counted(thread(1, 2, "db"), 0, 0)},
                {in_state(counted(thread(1, 1, "db"), 10, 1), RunState::running),
                 in_call(in_state(counted(thread(1, 2, "db"), 20, 0), RunState::killable), call_futex, 8s),
                 in_call(thread(2, 2, "web"), call_read, 3s)});
  ASSERT_THAT(sample.processes, SizeIs(2));
  const auto& db = sample.processes[0];
  EXPECT_EQ(db.comm, "db");
  EXPECT_EQ(db.sum.threads, 2U);
  EXPECT_EQ(db.sum.running, 1U);
  EXPECT_EQ(db.sum.blocked, 1U);
  EXPECT_EQ(db.sum.rate, (CallRate{30, 1}));
  ASSERT_TRUE(db.sum.longest);
  EXPECT_EQ(db.sum.longest->thread.tid, 2);
  EXPECT_EQ(sample.processes[1].sum.rate, std::nullopt) << "none of its threads is counted";
}

TEST(ProcessLoads, average_over_the_calls_of_all_threads_and_units_over_those_of_all_processes) {
  const auto in_unit = [](int pid, int tid, std::uint64_t calls, Duration time) {
    return in_cgroup(lasting(thread(pid, tid, "db"), calls, time), 7);
  };
  const auto sample = sample_of({}, {in_unit(1, 1, 1, 10ms), in_unit(1, 2, 9, 10ms), in_unit(3, 3, 10, 1s)});
  EXPECT_EQ(sample.processes.at(0).sum.finished.mean(), 2ms);
  EXPECT_EQ(sample.units.at(0).sum.finished.mean(), 51ms);
}

TEST(ProcessLoads, leave_out_kernel_threads_unless_they_are_blocked) {
  auto worker = thread(9, 9, "kworker/0:1");
  worker.kernel_thread = true;
  EXPECT_THAT(sample_of({}, {in_state(worker, RunState::idle)}).processes, IsEmpty());
  EXPECT_THAT(sample_of({}, {in_state(worker, RunState::uninterruptible)}).processes, SizeIs(1));
}

TEST(UnitLoads, sum_up_by_unit_and_without_one_by_name) {
  const auto in_unit = [](int pid) { return in_cgroup(counted(thread(pid, pid, "postgres"), 10, 0), 7); };
  const auto sample =
      sample_of({}, {in_unit(1), in_unit(2), in_cgroup(counted(thread(3, 3, "bash"), 5, 0), 1),
                     counted(thread(4, 4, "bash"), 6, 0)});
  ASSERT_THAT(sample.units, SizeIs(2));
  EXPECT_EQ(sample.units[0].name, "bash");
  EXPECT_FALSE(sample.units[0].is_unit);
  EXPECT_EQ(sample.units[0].sum.rate->calls_per_second, 11);
  EXPECT_EQ(sample.units[1].name, "postgresql.service");
  EXPECT_TRUE(sample.units[1].is_unit);
  EXPECT_EQ(sample.units[1].processes, 2U);
  EXPECT_EQ(sample.units[1].sum.rate->calls_per_second, 20);
}

}  // namespace
}  // namespace wedged::test
