// SPDX-License-Identifier: Apache-2.0
#include "observation/history.h"

#include <gtest/gtest.h>

#include "support/builders.h"
#include "support/loops.h"

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

void PrintTo(const Difference& difference, std::ostream* out) {
  *out << difference.name;
}

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

TEST(History, a_long_wait_goes_on_over_switches_that_left_its_begin_as_it_was) {
  History history(1s);
  const auto waiting = [] { return a_thread().in_d_state().for_(65s); };
  (void)history.advance(at(0s, {waiting().switches(5)}));
  const auto changes = history.advance(at(1s, {waiting().switches(6)}));
  EXPECT_TRUE(changes.suspects[0].same_wait);
  EXPECT_EQ(changes.suspects[0].waiting, 66s);
  EXPECT_TRUE(history.advance(at(2s, {waiting().switches(8)})).suspects[0].same_wait)
      << "it lost its CPU before it fell asleep again";
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

TEST(History, a_pause_that_began_with_the_old_interval_is_measured_by_it) {
  History history(30s);
  (void)history.advance(at(0s, {}));
  history.set_expected_interval(1s);
  EXPECT_EQ(history.advance(at(29s, {})).discounted, 0s);
  EXPECT_EQ(history.advance(at(32s, {})).discounted, 2s);
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

TEST(History, system_and_user_time_are_told_apart) {
  History history(1s);
  (void)history.advance(at(0s, {a_thread().running().used(1s, 2s)}));
  const auto change = history.advance(at(1s, {a_thread().running().used(1300ms, 2500ms)})).suspects[0];
  EXPECT_EQ(change.system_time, 300ms);
  EXPECT_EQ(change.user_time, 500ms);
  EXPECT_EQ(change.cpu_time, 800ms);
}

TEST(History, a_loop_has_an_age_and_two_samples_verify_it) {
  History history(1s);
  const auto loops = [] { return a_thread().in_call(40).looping_for(12s); };
  const auto first = history.advance(at(0s, {loops()})).suspects[0];
  EXPECT_EQ(first.looping, 12s);
  EXPECT_FALSE(first.same_loop);
  const auto second = history.advance(at(1s, {loops().switches(99)})).suspects[0];
  EXPECT_EQ(second.looping, 13s);
  EXPECT_TRUE(second.same_loop) << "being put off the CPU for others is no sleep";
}

TEST(History, a_sleep_or_another_call_ends_a_loop) {
  History history(1s);
  const auto loops = [] { return a_thread().in_call(40).looping_for(12s); };
  Task slept = loops();
  *slept.scheduling.looping_since += 1ms;
  (void)history.advance(at(0s, {loops()}));
  EXPECT_FALSE(history.advance(at(1s, {slept})).suspects[0].same_loop);
  EXPECT_FALSE(history.advance(at(2s, {a_thread().in_call(40, 2).looping_for(12s)})).suspects[0].same_loop);
  EXPECT_FALSE(history.advance(at(3s, {a_thread().in_call(40)})).suspects[0].looping.has_value());
}

TEST(History, a_wait_for_a_cpu_has_an_age_and_ends_with_a_turn_on_it) {
  History history(1s);
  const auto ready = [] { return a_thread().runnable_for(12s); };
  EXPECT_FALSE(history.advance(at(0s, {ready()})).suspects[0].same_turn);
  const auto second = history.advance(at(1s, {ready()})).suspects[0];
  EXPECT_EQ(second.runnable, 13s);
  EXPECT_TRUE(second.same_turn);
  EXPECT_FALSE(history.advance(at(2s, {ready().switches(18)})).suspects[0].same_turn);
  EXPECT_FALSE(history.advance(at(3s, {a_thread().running().switches(18)})).suspects[0].runnable.has_value());
}

TEST(History, a_wait_for_a_cpu_begins_when_the_thread_was_last_held_back_by_its_quota) {
  History history(1s);
  Task held_back = a_thread().runnable_for(12s);
  held_back.scheduling.throttled = true;
  Task free = held_back;
  free.scheduling.throttled = false;
  EXPECT_EQ(history.advance(at(0s, {held_back})).suspects[0].runnable, 12s);
  const auto again = history.advance(at(1s, {free})).suspects[0];
  EXPECT_TRUE(again.same_turn);
  EXPECT_EQ(again.runnable, 1s);
  EXPECT_EQ(again.task.scheduling.runnable_since, test::test_now);
  EXPECT_EQ(history.advance(at(2s, {free})).suspects[0].runnable, 2s);
  EXPECT_EQ(history.advance(at(3s, {held_back})).suspects[0].runnable, 15s);
  EXPECT_EQ(history.advance(at(4s, {free})).suspects[0].runnable, 1s);
}

TEST(History, loops_and_waits_for_a_cpu_are_discounted_like_other_waits) {
  History history(1s);
  const Task task = a_thread().in_call(40).looping_for(5s).runnable_for(5s);
  (void)history.advance(at(0s, {task}));
  const auto late = history.advance(at(60s, {task})).suspects[0];
  EXPECT_EQ(late.looping, 6s);
  EXPECT_EQ(late.runnable, 6s);
}

TEST(History, a_spin_has_an_age_and_two_samples_verify_it) {
  History history(1s);
  const auto spins = [] { return a_thread().spinning(test::a_loop().spinning_for(6s)); };
  const auto first = history.advance(at(0s, {spins()})).suspects[0];
  EXPECT_EQ(first.spinning, 6s);
  EXPECT_FALSE(first.same_spin);
  const auto second = history.advance(at(1s, {spins().switches(99).in_call(40, 7)})).suspects[0];
  EXPECT_EQ(second.spinning, 7s);
  EXPECT_TRUE(second.same_spin) << "whatever it does in between";
}

TEST(History, a_pause_ends_a_spin) {
  History history(1s);
  (void)history.advance(at(0s, {a_thread().spinning(test::a_loop().spinning_for(6s))}));
  const auto anew = history.advance(at(1s, {a_thread().spinning(test::a_loop().spinning_for(5s))}));
  EXPECT_FALSE(anew.suspects[0].same_spin);
  LoopFacts works = test::a_loop();
  works.spinning_since.reset();
  const auto over = history.advance(at(2s, {a_thread().spinning(works)})).suspects[0];
  EXPECT_FALSE(over.same_spin);
  EXPECT_FALSE(over.spinning.has_value());
  EXPECT_FALSE(history.advance(at(3s, {a_thread().spinning(works)})).suspects[0].same_spin)
      << "who does not spin does not spin on";
  EXPECT_FALSE(history.advance(at(4s, {a_thread()})).suspects[0].spinning.has_value());
}

TEST(History, a_spin_is_discounted_like_a_wait) {
  History history(1s);
  const Task task = a_thread().spinning(test::a_loop().spinning_for(5s));
  (void)history.advance(at(0s, {task}));
  EXPECT_EQ(history.advance(at(60s, {task})).suspects[0].spinning, 6s);
}

Death death_of(int tid, std::uint64_t address = 0) {
  Death death;
  death.id = {tid, tid, 1};
  death.process = {tid, 1};
  death.address = address;
  return death;
}

std::vector<int> tids_of(const std::vector<Death>& deaths) {
  std::vector<int> tids;
  for (const auto& death : deaths) tids.push_back(death.id.tid);
  return tids;
}

TEST(History, deaths_are_kept_whether_or_not_anybody_speaks_of_them) {
  History history(1s);
  auto snapshot = at(0s, {});
  snapshot.deaths = {death_of(7), death_of(8)};
  EXPECT_EQ(history.advance(snapshot).deaths, snapshot.deaths);
  EXPECT_EQ(history.advance(at(1s, {})).deaths, snapshot.deaths);
}

// More than are kept: those that ended with their process go first, then the oldest of whom nobody speaks.
TEST(History, deaths_are_bounded_and_those_that_matter_stay) {
  History history(1s);
  auto snapshot = at(0s, {});
  snapshot.deaths = {death_of(1), death_of(2), death_of(3, 0xabc)};
  for (int tid = 1000; tid < 1253; ++tid) snapshot.deaths.push_back(death_of(tid));
  snapshot.deaths.back().group_exit = true;
  EXPECT_EQ(history.advance(snapshot).deaths.size(), 256U);

  Task survivor = a_thread().of_process(1, 1).after_a_death();
  Task waiter = a_thread().of_process(50).in_d_state();
  waiter.details->kernel_lock.emplace();
  waiter.details->kernel_lock->owner_address = 0xabc;
  auto next = at(1s, {survivor, waiter});
  next.deaths = {death_of(2000), death_of(2001)};
  const auto kept = tids_of(history.advance(next).deaths);
  EXPECT_EQ(kept.size(), 256U);
  const auto has = [&](int tid) { return std::find(kept.begin(), kept.end(), tid) != kept.end(); };
  EXPECT_FALSE(has(1252)) << "it ended with its process";
  EXPECT_FALSE(has(2)) << "the oldest";
  for (const int tid : {1, 3, 1000, 2000, 2001}) EXPECT_TRUE(has(tid)) << tid;
}

}  // namespace
}  // namespace wedged
