// SPDX-License-Identifier: Apache-2.0
#include "observation/scrutiny.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scrutinized.h"

namespace wedged {
namespace {

using test::a_thread;
using test::answer;
using test::attended;
using test::glibc_side;
using test::scan_of;
using test::threads_asked;
using test::unread;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint64_t mutex = 0x7f0000001000;
const ProcessId process{10, 1'000'000};

test::TaskBuilder locker(int owner = 11) {
  return a_thread().of_process(10).waiting_in_mutex(mutex, owner);
}
test::TaskBuilder sleeper() {
  return a_thread().of_process(10).waiting_for_condition(mutex);
}
Task member(Task task) {
  task.suspect = false;
  return task;
}

// One scan, with everything it asks answered truly.
Wishes answered_scan(Scrutiny& scrutiny, const std::vector<Task>& truth,
                     const ProcessSide& side = glibc_side()) {
  auto snapshot = scan_of(unread(truth));
  auto wishes = attended(scrutiny, snapshot);
  answer(scrutiny, wishes, truth, side);
  return wishes;
}

TEST(Scrutiny, asks_for_a_suspects_word_and_stack) {
  Scrutiny scrutiny;
  Task task = unread(locker());
  task.details->registers.emplace();
  (*task.details->registers)[7] = 0x7ffd0000;
  const auto wishes = attended(scrutiny, {task});
  ASSERT_THAT(wishes.inspect, SizeIs(1));
  EXPECT_EQ(wishes.inspect[0].process, process);
  EXPECT_EQ(wishes.inspect[0].uid, task.uid);
  EXPECT_THAT(wishes.inspect[0].threads,
              ElementsAre(InspectThread{task.id, task.details->registers, mutex, std::nullopt,
                                        task.switch_count, test::moment}));
}

TEST(Scrutiny, asks_once_for_one_wait_answered_or_not) {
  Scrutiny scrutiny;
  EXPECT_EQ(threads_asked(attended(scrutiny, {unread(locker())})), 1U);
  EXPECT_EQ(threads_asked(attended(scrutiny, {unread(locker())})), 0U);
  Scrutiny answered;
  EXPECT_EQ(threads_asked(answered_scan(answered, {locker()})), 1U);
  EXPECT_EQ(threads_asked(answered_scan(answered, {locker()})), 0U);
}

TEST(Scrutiny, asks_again_after_the_thread_moved) {
  Scrutiny scrutiny;
  EXPECT_EQ(threads_asked(answered_scan(scrutiny, {locker().switches(1)})), 1U);
  EXPECT_EQ(threads_asked(answered_scan(scrutiny, {locker().switches(2)})), 1U);
  EXPECT_EQ(threads_asked(answered_scan(scrutiny, {locker().switches(2)})), 0U);
}

TEST(Scrutiny, asks_one_question_for_all_threads_of_a_process) {
  Scrutiny scrutiny;
  const auto wishes =
      attended(scrutiny, unread({locker(), locker().thread(11), a_thread().of_process(20).in_d_state()}));
  ASSERT_THAT(wishes.inspect, SizeIs(2));
  EXPECT_THAT(wishes.inspect[0].threads, SizeIs(2));
  EXPECT_EQ(wishes.inspect[1].threads[0].word_address, 0U);
}

TEST(Scrutiny, an_answer_belongs_to_one_wait_of_one_thread) {
  Scrutiny scrutiny;
  const Task truth = locker().switches(1);
  (void)answered_scan(scrutiny, {truth});
  auto same = scan_of({unread(truth)});
  scrutiny.complete(same);
  EXPECT_EQ(same.suspects[0].user_side, truth.user_side);
  EXPECT_EQ(same.processes.at(process).libc, CLibrary::glibc);
  auto moved = scan_of({unread(locker().switches(2))});
  scrutiny.complete(moved);
  EXPECT_FALSE(moved.suspects[0].user_side.has_value());
}

TEST(Scrutiny, forgets_who_left_the_snapshot) {
  Scrutiny scrutiny;
  (void)answered_scan(scrutiny, {locker()});
  auto empty = scan_of({});
  EXPECT_THAT(attended(scrutiny, empty).inspect, IsEmpty());
  EXPECT_THAT(empty.processes, IsEmpty());
  EXPECT_EQ(threads_asked(attended(scrutiny, {unread(locker())})), 1U);
}

TEST(Scrutiny, an_answer_that_nobody_asked_for_is_dropped) {
  Scrutiny scrutiny;
  scrutiny.note({process, glibc_side(), {{Task(locker()).id, *Task(locker()).user_side}}, {}});
  auto snapshot = scan_of({unread(locker())});
  scrutiny.complete(snapshot);
  EXPECT_FALSE(snapshot.suspects[0].user_side.has_value());
}

TEST(Scrutiny, kernel_threads_and_tasks_without_details_are_not_asked_about) {
  Scrutiny scrutiny;
  EXPECT_THAT(attended(scrutiny, {a_thread().kernel_thread().in_d_state()}).inspect, IsEmpty());
  EXPECT_THAT(attended(scrutiny, {unread(locker().without_details())}).inspect, IsEmpty());
}

TEST(Scrutiny, members_of_watched_processes_are_asked_only_where_they_wait_as_for_a_lock) {
  Scrutiny scrutiny;
  EXPECT_EQ(threads_asked(attended(scrutiny, {member(unread(locker()))})), 1U);
  EXPECT_EQ(threads_asked(attended(scrutiny, {member(unread(sleeper().thread(12)))})), 0U);
  EXPECT_EQ(threads_asked(attended(scrutiny, {member(a_thread().of_process(20).in_call(SYS_read))})), 0U);
  Scrutiny of_all(Inspecting::everybody);
  EXPECT_EQ(threads_asked(attended(of_all, {member(a_thread().of_process(20).in_call(SYS_read))})), 1U);
}

TEST(Scrutiny, a_wait_that_looks_like_a_locks_is_watched_before_the_answer) {
  Scrutiny scrutiny;
  EXPECT_THAT(attended(scrutiny, {unread(locker())}).watch, ElementsAre(process));
  Scrutiny other;
  EXPECT_THAT(attended(other, {unread(sleeper())}).watch, IsEmpty());
  EXPECT_THAT(attended(other, {unread(locker().with_timeout())}).watch, IsEmpty());
  EXPECT_THAT(attended(other, {unread(locker().running())}).watch, IsEmpty());
}

TEST(Scrutiny, a_lock_stays_watched_after_the_answer) {
  Scrutiny scrutiny;
  (void)answered_scan(scrutiny, {locker()});
  const auto wishes = answered_scan(scrutiny, {locker()});
  EXPECT_THAT(wishes.watch, ElementsAre(process));
  EXPECT_THAT(wishes.set_aside, IsEmpty());
}

TEST(Scrutiny, answers_count_within_the_same_scan) {
  Scrutiny scrutiny;
  const Task truth = sleeper().switches(3);
  auto snapshot = scan_of({unread(truth)});
  answer(scrutiny, attended(scrutiny, snapshot), {truth}, glibc_side());
  scrutiny.complete(snapshot);
  EXPECT_THAT(scrutiny.attend_again(snapshot).set_aside, ElementsAre(Wait{truth.id, 3}));
}

TEST(Scrutiny, an_idle_wait_is_set_aside_and_a_members_is_not) {
  Scrutiny scrutiny;
  const Task idle = sleeper().switches(3);
  (void)answered_scan(scrutiny, {idle}, glibc_side(test::first_namespace));
  const auto wishes = answered_scan(scrutiny, {idle}, glibc_side());
  EXPECT_THAT(wishes.set_aside, ElementsAre(Wait{idle.id, 3}));
  Scrutiny everybody(Inspecting::everybody);
  (void)answered_scan(everybody, {member(idle)});
  EXPECT_THAT(answered_scan(everybody, {member(idle)}).set_aside, IsEmpty());
}

TEST(Scrutiny, what_was_set_aside_is_looked_at_again_now_and_then) {
  Scrutiny scrutiny;
  unsigned forgotten = 0;
  for (int scan = 1; scan <= 1800; ++scan) {
    const bool forget = attended(scrutiny, std::vector<Task>{}).forget_set_aside;
    EXPECT_EQ(forget, scan % 600 == 0) << scan;
    forgotten += forget ? 1 : 0;
  }
  EXPECT_EQ(forgotten, 3U);
}

// Scans without asking for the process, until it is asked for again.
int scans_to_the_next_try(Scrutiny& scrutiny) {
  for (int scans = 0; scans < 100; ++scans) {
    auto snapshot = scan_of({unread(locker())});
    const auto wishes = attended(scrutiny, snapshot);
    EXPECT_THAT(wishes.watch, ElementsAre(process));
    if (threads_asked(wishes) != 0) return scans;
    EXPECT_THAT(snapshot.suspects[0].user_side->missing, ElementsAre("user side: deadline"));
  }
  return -1;
}

TEST(Scrutiny, a_failure_is_told_and_tried_again_soon_then_less_and_less_often) {
  Scrutiny scrutiny;
  ASSERT_EQ(threads_asked(attended(scrutiny, {unread(locker())})), 1U);
  for (const int pause : {2, 4, 8, 16, 30, 30}) {
    auto meanwhile = scan_of({unread(locker())});
    scrutiny.complete(meanwhile);  // the answer takes longer than to the next scan
    scrutiny.note(InspectReply{process, {}, {}, "deadline"});
    EXPECT_EQ(scans_to_the_next_try(scrutiny), pause);
  }
}

TEST(Scrutiny, a_failure_of_one_process_is_not_another_ones) {
  Scrutiny scrutiny;
  scrutiny.note(InspectReply{{20, 1'000'000}, {}, {}, "deadline"});
  EXPECT_EQ(threads_asked(attended(scrutiny, {unread(locker())})), 1U);
}

TEST(Scrutiny, a_process_without_its_leader_is_seen_as_a_whole) {
  Scrutiny scrutiny;
  const auto leader = [](unsigned threads) { return a_thread().of_process(10).dead().one_of(threads); };
  EXPECT_THAT(attended(scrutiny, {leader(2)}).watch, ElementsAre(ProcessId{10, 1'000'000}));
  EXPECT_THAT(attended(scrutiny, {leader(1)}).watch, IsEmpty()) << "a zombie";
  EXPECT_THAT(attended(scrutiny, {leader(257)}).watch, IsEmpty()) << "too many to see them all";
  EXPECT_THAT(attended(scrutiny, {leader(2).thread(11)}).watch, IsEmpty()) << "of no leader";
}

TEST(Scrutiny, who_takes_a_starved_threads_cpu_is_looked_up_and_seen) {
  Scrutiny scrutiny;
  Task starved = a_thread().of_process(10).runnable_for(std::chrono::seconds(9)).on_cpu(3);
  starved.scheduling.cpu_occupant = 77;
  EXPECT_THAT(attended(scrutiny, {starved}).look_up, ElementsAre(77));
  scrutiny.note({77}, {{77, ProcessId{70, 5}}});
  EXPECT_THAT(attended(scrutiny, {starved}).watch, ElementsAre(ProcessId{70, 5}));
}

TEST(Scrutiny, nobody_is_looked_up_for_a_thread_that_has_its_turn_or_no_quota_left) {
  Scrutiny scrutiny;
  Task task = a_thread().of_process(10).runnable_for(std::chrono::seconds(9));
  task.scheduling.cpu_occupant = 0;
  EXPECT_THAT(attended(scrutiny, {task}).look_up, IsEmpty()) << "the CPU is idle";
  task.scheduling.cpu_occupant = 77;
  task.scheduling.throttled = true;
  EXPECT_THAT(attended(scrutiny, {task}).look_up, IsEmpty());
  task.scheduling = {};
  task.scheduling.cpu_occupant = 77;
  EXPECT_THAT(attended(scrutiny, {task}).look_up, IsEmpty());
}

}  // namespace
}  // namespace wedged
