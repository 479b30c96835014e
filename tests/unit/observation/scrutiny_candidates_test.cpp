// SPDX-License-Identifier: Apache-2.0
// Processes all of whose threads seem to wait for each other, owners of shared locks, impossible mutexes, and
// the bounds of everything.
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
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::uint64_t mutex = 0x7f0000001000;
const ProcessId process{10, 1'000'000};

Task sleeper(int tid, unsigned threads) {
  auto builder = a_thread().of_process(10);
  if (tid != 10) builder.thread(tid);
  Task task = builder.waiting_for_condition(mutex);
  task.process_threads = threads;
  return task;
}

Wishes two_scans(Scrutiny& scrutiny, const std::vector<Task>& truth, const ProcessSide& side) {
  for (int scan = 0; scan < 2; ++scan) {
    auto snapshot = scan_of(unread(truth));
    auto wishes = attended(scrutiny, snapshot);
    answer(scrutiny, wishes, truth, side);
    if (scan == 1) return wishes;
  }
  return {};
}

TEST(ScrutinyCandidates, a_process_all_of_whose_threads_wait_is_watched) {
  Scrutiny scrutiny;
  EXPECT_THAT(two_scans(scrutiny, {sleeper(10, 2), sleeper(11, 2)}, glibc_side()).watch,
              ElementsAre(process));
}

TEST(ScrutinyCandidates, a_process_with_threads_elsewhere_is_not) {
  Scrutiny scrutiny;
  EXPECT_THAT(two_scans(scrutiny, {sleeper(10, 3), sleeper(11, 3)}, glibc_side()).watch, IsEmpty());
}

TEST(ScrutinyCandidates, a_process_that_can_be_woken_is_not) {
  Scrutiny with_handler;
  EXPECT_THAT(two_scans(with_handler, {sleeper(10, 1)}, glibc_side(1)).watch, IsEmpty());
  Scrutiny with_timer;
  EXPECT_THAT(two_scans(with_timer, {sleeper(10, 1)}, glibc_side(0, 1)).watch, IsEmpty());
  Scrutiny with_handlers_of_glibc;
  EXPECT_THAT(two_scans(with_handlers_of_glibc, {sleeper(10, 1)}, glibc_side(3ULL << 31)).watch,
              ElementsAre(process));
}

TEST(ScrutinyCandidates, one_that_has_a_thread_awake_is_dropped) {
  Scrutiny scrutiny;
  (void)two_scans(scrutiny, {sleeper(10, 1)}, glibc_side());
  Task awake = a_thread().of_process(10).thread(11).running();
  awake.suspect = false;
  const auto tasks = unread({sleeper(10, 2), awake});
  EXPECT_THAT(attended(scrutiny, tasks).watch, ElementsAre(process));  // not seen as a whole yet
  EXPECT_THAT(attended(scrutiny, tasks, {process}).watch, IsEmpty());
}

TEST(ScrutinyCandidates, members_of_one_are_asked_about_too) {
  Scrutiny scrutiny;
  (void)two_scans(scrutiny, {sleeper(10, 1)}, glibc_side());
  Task second = sleeper(11, 2);
  second.suspect = false;
  EXPECT_EQ(threads_asked(attended(scrutiny, unread({sleeper(10, 2), second}))), 1U);
}

TEST(ScrutinyCandidates, a_process_of_very_many_threads_is_none) {
  for (const unsigned threads : {256U, 257U}) {
    Scrutiny scrutiny;
    std::vector<Task> all;
    for (unsigned at = 0; at < threads; ++at) all.push_back(sleeper(static_cast<int>(10 + at), threads));
    Wishes wishes;
    for (int scan = 0; scan < 2; ++scan) wishes = two_scans(scrutiny, all, glibc_side());
    EXPECT_EQ(wishes.watch.size(), threads == 256 ? 1U : 0U) << threads;
  }
}

TEST(ScrutinyCandidates, no_more_than_sixteen_at_a_time) {
  Scrutiny scrutiny;
  std::vector<Task> all;
  for (int at = 0; at < 40; ++at) {
    all.push_back(a_thread().of_process(10 + at).waiting_for_condition(mutex));
    all.back().process_threads = 1;
  }
  EXPECT_THAT(two_scans(scrutiny, all, glibc_side()).watch, SizeIs(16));
}

Task sharer(int owner) {
  return a_thread()
      .of_process(10)
      .known_as(10)
      .in_futex(mutex, 2, FUTEX_WAIT)
      .in_function("pthread_mutex_lock")
      .with_memory(test::a_mutex(mutex, owner, 0x80));
}

TEST(ScrutinyOwners, of_shared_locks_are_looked_up_in_the_first_namespace) {
  Scrutiny scrutiny;
  EXPECT_THAT(two_scans(scrutiny, {sharer(4711)}, glibc_side()).look_up, ElementsAre(4711));
  Scrutiny elsewhere;
  Task inside = sharer(4711);
  inside.pid_namespace = 99;
  EXPECT_THAT(two_scans(elsewhere, {inside}, glibc_side()).look_up, IsEmpty());
  Scrutiny of_private;
  EXPECT_THAT(two_scans(of_private, {a_thread().of_process(10).known_as(10).waiting_in_mutex(mutex, 4711)},
                        glibc_side())
                  .look_up,
              IsEmpty());
  Scrutiny of_join;
  EXPECT_THAT(
      two_scans(of_join, {a_thread().of_process(10).known_as(10).joining(4711)}, glibc_side()).look_up,
      IsEmpty());
}

TEST(ScrutinyOwners, that_exist_are_watched_and_those_that_do_not_are_absent) {
  Scrutiny scrutiny;
  const ProcessId owner{4000, 5};
  (void)two_scans(scrutiny, {sharer(4711)}, glibc_side());
  scrutiny.note({4711, 4712}, {{4711, owner}});
  auto snapshot = scan_of({unread(sharer(4711))});
  EXPECT_THAT(attended(scrutiny, snapshot).watch, ElementsAre(process, owner));
  EXPECT_THAT(snapshot.absent, ElementsAre(NamespacedId{test::first_namespace, 4712}));
  scrutiny.note({4711}, {});
  scrutiny.complete(snapshot);
  EXPECT_THAT(snapshot.absent, ElementsAre(NamespacedId{test::first_namespace, 4711}));
}

TEST(ScrutinyOwners, are_forgotten_when_nobody_waits_any_more) {
  Scrutiny scrutiny;
  (void)two_scans(scrutiny, {sharer(4711)}, glibc_side());
  scrutiny.note({4711}, {{4711, {4000, 5}}});
  EXPECT_THAT(attended(scrutiny, std::vector<Task>{}).watch, IsEmpty());
}

Task gave_up() {
  constexpr std::uint64_t stack = 0x7ffd00001000;
  Task task = a_thread()
                  .of_process(10)
                  .in_futex(stack + 32, 0, FUTEX_WAIT_BITSET_PRIVATE)
                  .in_function("__pthread_mutex_lock_full");
  task.registers = UserRegisters{0x401000, stack};
  task.details->registers.emplace();
  (*task.details->registers)[3] = mutex;
  return task;
}

TEST(ScrutinyPointers, of_a_lock_that_glibc_gave_up_on_are_read_once) {
  Scrutiny scrutiny;
  const auto wishes = two_scans(scrutiny, {gave_up()}, glibc_side());
  ASSERT_THAT(wishes.inspect, SizeIs(1));
  EXPECT_THAT(wishes.inspect[0].threads,
              ElementsAre(InspectThread{gave_up().id, std::nullopt, mutex, std::nullopt,
                                        gave_up().switch_count, test::moment}));
  UserSide pointed;
  pointed.word = test::a_mutex(mutex, 7, 0x20);
  scrutiny.note(
      InspectReply{process, glibc_side(), {{gave_up().id, pointed, false, gave_up().switch_count}}, {}});
  auto snapshot = scan_of({unread(gave_up())});
  EXPECT_THAT(attended(scrutiny, snapshot).inspect, IsEmpty());
  EXPECT_EQ(snapshot.suspects[0].user_side->stack.size(), 1U);
  EXPECT_EQ(lock_of(snapshot.suspects[0], CLibrary::glibc)->owner, 7);
}

TEST(ScrutinyPointers, are_read_again_after_a_failure_and_its_pause) {
  Scrutiny scrutiny;
  ASSERT_EQ(threads_asked(two_scans(scrutiny, {gave_up()}, glibc_side())), 1U);
  scrutiny.note(InspectReply{process, {}, {}, "deadline"});
  for (int scan = 0; scan < 2; ++scan)
    EXPECT_THAT(attended(scrutiny, {unread(gave_up())}).inspect, IsEmpty()) << scan;
  const auto wishes = attended(scrutiny, {unread(gave_up())});
  ASSERT_THAT(wishes.inspect, SizeIs(1));
  EXPECT_EQ(wishes.inspect[0].threads.at(0).word_address, mutex);
  UserSide pointed;
  pointed.word = test::a_mutex(mutex, 7, 0x20);
  scrutiny.note(
      InspectReply{process, glibc_side(), {{gave_up().id, pointed, false, gave_up().switch_count}}, {}});
  auto snapshot = scan_of({unread(gave_up())});
  scrutiny.complete(snapshot);
  EXPECT_EQ(lock_of(snapshot.suspects[0], CLibrary::glibc)->owner, 7);
}

TEST(ScrutinyBounds, no_more_than_256_threads_are_asked_about_in_a_scan_and_the_rest_in_the_next) {
  Scrutiny scrutiny;
  std::vector<Task> all;
  for (int at = 0; at < 400; ++at) all.push_back(a_thread().of_process(10).thread(11 + at).in_d_state());
  EXPECT_EQ(threads_asked(attended(scrutiny, all)), 256U);
  auto snapshot = scan_of(all);
  EXPECT_EQ(threads_asked(scrutiny.attend(snapshot)), 144U);
  EXPECT_EQ(threads_asked(scrutiny.attend_again(snapshot)), 0U);
}

TEST(ScrutinyBounds, no_more_processes_are_watched_than_fit_and_the_others_are_counted) {
  Scrutiny scrutiny;
  std::vector<Task> all;
  for (int at = 0; at < 300; ++at)
    all.push_back(unread(a_thread().of_process(10 + at).waiting_in_mutex(mutex, 7)));
  EXPECT_THAT(attended(scrutiny, all).watch, SizeIs(WatchList::most_processes));
  auto next = scan_of(all);
  scrutiny.complete(next);
  EXPECT_EQ(next.losses.at("processes_not_watched"), 300 - WatchList::most_processes);
}

// A crowd of healthy pools whose main threads join their workers.
TEST(ScrutinyBounds, who_joins_takes_no_place_among_the_watched) {
  Scrutiny scrutiny;
  EXPECT_THAT(two_scans(scrutiny, {a_thread().of_process(10).joining(11)}, glibc_side()).watch, IsEmpty());
}

TEST(ScrutinyBounds, who_seems_to_wait_for_a_lock_is_asked_about_before_who_idles) {
  Scrutiny scrutiny;
  std::vector<Task> all;
  for (int at = 0; at < 400; ++at)
    all.push_back(unread(a_thread().of_process(10).thread(11 + at).waiting_for_condition(mutex)));
  const Task locker = a_thread().of_process(9000).waiting_in_mutex(mutex, 7);
  all.push_back(unread(locker));
  const auto wishes = attended(scrutiny, all);
  EXPECT_EQ(threads_asked(wishes), Scrutiny::usual_pace);
  EXPECT_EQ(wishes.inspect.front().process, locker.process);
}

TEST(ScrutinyBounds, who_looks_once_asks_about_all) {
  Scrutiny scrutiny(Inspecting::suspects, 1000);
  std::vector<Task> all;
  for (int at = 0; at < 400; ++at) all.push_back(a_thread().of_process(10).thread(11 + at).in_d_state());
  EXPECT_EQ(threads_asked(attended(scrutiny, all)), 400U);
}

TEST(ScrutinyBounds, no_more_than_48_pointers_are_read) {
  Task task = gave_up();
  std::vector<std::uint32_t> words;
  for (std::uint32_t at = 0; at < 100; ++at) words.insert(words.end(), {0x10000 + at * 8, 0});
  task.user_side->word = test::memory_at(0x7ffd00001000, words);
  Scrutiny scrutiny;
  EXPECT_EQ(threads_asked(two_scans(scrutiny, {task}, glibc_side())), 48U);
}

}  // namespace
}  // namespace wedged
