// SPDX-License-Identifier: Apache-2.0
#include "observation/history.h"

#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::test_now;

Snapshot at(Duration offset, std::vector<Task> suspects) {
  Snapshot snapshot;
  snapshot.taken = {test_now + offset, WallTime{}};
  snapshot.suspects = std::move(suspects);
  return snapshot;
}

TEST(History, the_first_sight_verifies_nothing) {
  History history(1s);
  const auto changes = history.advance(at(0s, {a_thread().in_d_state().for_(130s)}));
  ASSERT_EQ(changes.suspects.size(), 1U);
  EXPECT_FALSE(changes.suspects[0].seen_before);
  EXPECT_FALSE(changes.suspects[0].same_wait);
  EXPECT_EQ(changes.suspects[0].waiting, 130s);
  EXPECT_EQ(changes.interval, 0s);
}

TEST(History, an_unchanged_second_sample_verifies_the_wait) {
  History history(1s);
  const Task task = a_thread().in_d_state().for_(20s).in_call(0);
  (void)history.advance(at(0s, {task}));
  const auto changes = history.advance(at(1s, {task}));
  EXPECT_TRUE(changes.suspects[0].same_wait);
  EXPECT_TRUE(changes.suspects[0].same_call);
  EXPECT_EQ(changes.suspects[0].waiting, 21s);
  EXPECT_EQ(changes.suspects[0].switches, 0U);
}

struct Difference {
  const char* name;
  void (*apply)(Task&);
};

class SecondSample : public testing::TestWithParam<Difference> {};

TEST_P(SecondSample, with_any_difference_is_not_the_same_wait) {
  History history(1s);
  Task task = a_thread().in_d_state().for_(20s).in_call(0);
  (void)history.advance(at(0s, {task}));
  GetParam().apply(task);
  const auto changes = history.advance(at(1s, {task}));
  EXPECT_FALSE(changes.suspects[0].same_wait);
}

INSTANTIATE_TEST_SUITE_P(
    History, SecondSample,
    testing::Values(Difference{"switch count",
                               [](Task& task) {
                                 ++task.switch_count;
                                 *task.off_cpu_since += 1ns;
                               }},
                    Difference{"start time", [](Task& task) { ++task.id.start_boottime_ns; }},
                    Difference{"thread id", [](Task& task) { ++task.id.tid; }},
                    Difference{"call", [](Task& task) { task.call->number = 1; }},
                    Difference{"sequence", [](Task& task) { *task.call->sequence += 1; }},
                    Difference{"entry time", [](Task& task) { *task.call->entered += 1ns; }},
                    Difference{"no call", [](Task& task) { task.call.reset(); }},
                    Difference{"instruction pointer",
                               [](Task& task) { ++task.registers->instruction_pointer; }},
                    Difference{"stack pointer", [](Task& task) { ++task.registers->stack_pointer; }}));

TEST(History, a_long_wait_goes_on_over_a_switch_that_left_its_begin_as_it_was) {
  History history(1s);
  const auto waiting = [] { return a_thread().in_d_state().for_(65s); };
  (void)history.advance(at(0s, {waiting().switches(5)}));
  const auto changes = history.advance(at(1s, {waiting().switches(6)}));
  EXPECT_TRUE(changes.suspects[0].same_wait);
  EXPECT_EQ(changes.suspects[0].waiting, 66s);
  EXPECT_FALSE(history.advance(at(2s, {waiting().switches(8)})).suspects[0].same_wait)
      << "two switches are progress";
}

TEST(History, a_new_wait_of_the_same_kind_is_not_the_old_one_going_on) {
  History history(1s);
  (void)history.advance(at(0s, {a_thread().in_d_state().for_(65s).switches(5)}));
  EXPECT_FALSE(
      history.advance(at(1s, {a_thread().in_d_state().for_(64s).switches(6)})).suspects[0].same_wait);
}

TEST(History, a_call_whose_entry_is_unknown_is_as_old_as_the_wait) {
  History history(1s);
  Task task = a_thread().in_d_state().for_(20s).in_call(0);
  task.call->entered.reset();
  EXPECT_EQ(history.advance(at(0s, {task})).suspects[0].in_call, 20s);
}

TEST(History, a_wait_whose_begin_is_unknown_counts_from_its_first_sight) {
  History history(1s);
  Task task = a_thread().in_d_state();
  (void)history.advance(at(0s, {task}));
  (void)history.advance(at(1s, {task}));
  EXPECT_EQ(history.advance(at(2s, {task})).suspects[0].waiting, 2s);
  ++task.switch_count;
  EXPECT_EQ(history.advance(at(3s, {task})).suspects[0].waiting, 0s);
}

TEST(History, progress_is_counted_between_two_samples) {
  History history(1s);
  Task task = a_thread().in_d_state().for_(1s).in_call(74);
  (void)history.advance(at(0s, {task}));
  task.switch_count += 5;
  task.system_time_ns += 30'000'000;
  const auto changes = history.advance(at(1s, {task}));
  EXPECT_EQ(changes.suspects[0].switches, 5U);
  EXPECT_EQ(changes.suspects[0].cpu_time, 30ms);
  EXPECT_TRUE(changes.suspects[0].same_call);
}

TEST(History, time_in_which_the_monitor_did_not_run_counts_against_nobody) {
  History history(1s);
  const Task task = a_thread().in_d_state().for_(5s);
  (void)history.advance(at(0s, {task}));
  const auto late = history.advance(at(60s, {task}));
  EXPECT_EQ(late.discounted, 59s);
  EXPECT_EQ(late.suspects[0].waiting, 6s);
  const auto next = history.advance(at(61s, {task}));
  EXPECT_EQ(next.discounted, 0s);
  EXPECT_EQ(next.suspects[0].waiting, 7s);
}

TEST(History, a_gap_counts_only_against_waits_that_were_there_before_it) {
  History history(1s);
  (void)history.advance(at(0s, {}));
  (void)history.advance(at(60s, {}));
  const Task task = a_thread().at(test_now + 70s).in_d_state().for_(5s);
  (void)history.advance(at(61s, {}));
  const auto changes = history.advance(at(62s, {task}));
  EXPECT_EQ(changes.suspects[0].waiting, 0s);  // it began at 65 s, after this scan by the clock of the test
  EXPECT_EQ(
      history.advance(at(63s, {a_thread().at(test_now + 62s).in_d_state().for_(1s)})).suspects[0].waiting,
      2s);
}

TEST(History, a_wait_that_began_within_a_gap_loses_only_its_own_part) {
  History history(1s);
  (void)history.advance(at(0s, {}));
  const Task task = a_thread().at(test_now + 60s).in_d_state().for_(10s);
  EXPECT_EQ(history.advance(at(60s, {task})).suspects[0].waiting, 0s);
}

TEST(History, scans_that_are_a_little_late_are_not_discounted) {
  History history(1s);
  (void)history.advance(at(0s, {}));
  EXPECT_EQ(history.advance(at(1400ms, {})).discounted, 0s);
}

TEST(History, a_clock_that_stands_still_gives_no_negative_times) {
  History history(1s);
  const Task future = a_thread().at(test_now + 10s).in_d_state().for_(0s).in_call(0);
  (void)history.advance(at(0s, {future}));
  const auto changes = history.advance(at(0s, {future}));
  EXPECT_EQ(changes.suspects[0].waiting, 0s);
  EXPECT_EQ(changes.suspects[0].in_call, 0s);
}

TEST(History, pending_kills_have_an_age) {
  History history(1s);
  const auto changes = history.advance(
      at(0s, {a_thread().in_d_state().for_(20s).kill_pending_for(12s), a_thread().thread(9)}));
  EXPECT_EQ(changes.suspects[0].kill_pending, 12s);
  EXPECT_FALSE(changes.suspects[1].kill_pending.has_value());
}

}  // namespace
}  // namespace wedged
