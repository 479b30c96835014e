// SPDX-License-Identifier: Apache-2.0
// Answers that are none, or half of one: what is told of them meanwhile, and when the rest is asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scrutinized.h"

namespace wedged {
namespace {

using test::a_thread;
using test::attended;
using test::glibc_side;
using test::scan_of;
using test::threads_asked;
using test::unread;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t mutex = 0x7f0000001000;
const ProcessId process{10, 1'000'000};
const std::string no_time = "user stack: no time was left for it";

// One of the process's many threads.
Task locker(int tid) {
  Task task = a_thread().of_process(10).thread(tid).waiting_in_mutex(mutex, 7);
  task.process_threads = 100;
  return task;
}
std::vector<Task> lockers(const std::vector<int>& tids) {
  std::vector<Task> tasks;
  for (const int tid : tids) tasks.push_back(locker(tid));
  return tasks;
}

std::vector<int> asked(const Wishes& wishes) {
  std::vector<int> tids;
  for (const auto& request : wishes.inspect) {
    for (const auto& thread : request.threads) tids.push_back(thread.id.tid);
  }
  return tids;
}

InspectedThread whole(int tid) {
  return {locker(tid).id, *locker(tid).user_side, false, locker(tid).switch_count};
}
InspectedThread unfinished(int tid) {
  UserSide side;
  side.word = locker(tid).user_side->word;
  side.missing = {no_time};
  return {locker(tid).id, side, true, locker(tid).switch_count};
}
void answer(Scrutiny& scrutiny, std::vector<InspectedThread> threads) {
  scrutiny.note(InspectReply{process, glibc_side(), std::move(threads), {}});
}

TEST(ScrutinyOfHalves, asks_in_the_next_scan_for_those_alone_for_whom_no_time_was_left) {
  Scrutiny scrutiny;
  auto snapshot = scan_of(unread(lockers({11, 12, 13})));
  EXPECT_THAT(asked(attended(scrutiny, snapshot)), ElementsAre(11, 12, 13));
  answer(scrutiny, {whole(11), unfinished(12), unfinished(13)});
  scrutiny.complete(snapshot);
  EXPECT_THAT(asked(scrutiny.attend_again(snapshot)), IsEmpty());
  EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12, 13})))), ElementsAre(12, 13));
  EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12, 13})))), IsEmpty()) << "once";
  answer(scrutiny, {whole(12), unfinished(13)});
  EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12, 13})))), ElementsAre(13));
  answer(scrutiny, {whole(13)});
  snapshot = scan_of(unread(lockers({11, 12, 13})));
  EXPECT_THAT(asked(attended(scrutiny, snapshot)), IsEmpty());
  for (const Task& task : snapshot.suspects) EXPECT_EQ(task.user_side, locker(task.id.tid).user_side);
}

TEST(ScrutinyOfHalves, tells_what_was_read_and_what_is_missing_meanwhile) {
  Scrutiny scrutiny;
  (void)attended(scrutiny, unread(lockers({11, 12})));
  answer(scrutiny, {whole(11), unfinished(12)});
  auto snapshot = scan_of(unread(lockers({11, 12})));
  scrutiny.complete(snapshot);
  ASSERT_TRUE(snapshot.suspects[1].user_side.has_value());
  EXPECT_EQ(*snapshot.suspects[1].user_side, unfinished(12).side);
}

TEST(ScrutinyOfHalves, sets_no_wait_aside_whose_function_was_not_read) {
  Scrutiny scrutiny;
  (void)attended(scrutiny, unread(lockers({11, 12})));
  answer(scrutiny, {whole(11), unfinished(12)});
  for (int scan = 0; scan < 5; ++scan)
    EXPECT_THAT(attended(scrutiny, unread(lockers({11, 12}))).set_aside, IsEmpty()) << scan;
}

TEST(ScrutinyOfHalves, puts_those_without_a_stack_before_those_that_are_new) {
  Scrutiny scrutiny;
  (void)attended(scrutiny, unread(lockers({11, 13, 14})));
  answer(scrutiny, {whole(11), unfinished(13), unfinished(14)});
  EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12, 13, 14, 15})))), ElementsAre(13, 14, 12, 15));
}

TEST(ScrutinyOfHalves, pauses_longer_and_longer_where_no_answer_gets_any_further) {
  Scrutiny scrutiny;
  EXPECT_EQ(threads_asked(attended(scrutiny, unread(lockers({11, 12})))), 2U);
  for (const int pause : {2, 4, 8}) {
    answer(scrutiny, {unfinished(11), unfinished(12)});
    for (int scan = 0; scan < pause; ++scan)
      EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12})))), IsEmpty()) << pause << ' ' << scan;
    EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12})))), ElementsAre(11, 12)) << pause;
  }
  answer(scrutiny, {whole(11), unfinished(12)});
  EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11, 12})))), ElementsAre(12));
}

TEST(ScrutinyOfFailures, tells_of_one_until_there_is_an_answer) {
  Scrutiny scrutiny;
  (void)attended(scrutiny, unread(lockers({11})));
  scrutiny.note(InspectReply{process, {}, {}, "deadline"});
  for (int scan = 0; scan < 40; ++scan) {
    auto snapshot = scan_of(unread(lockers({11})));
    (void)attended(scrutiny, snapshot);
    ASSERT_TRUE(snapshot.suspects[0].user_side.has_value()) << scan;
    EXPECT_THAT(snapshot.suspects[0].user_side->missing, ElementsAre("user side: deadline")) << scan;
  }
  answer(scrutiny, {whole(11)});
  auto snapshot = scan_of(unread(lockers({11})));
  scrutiny.complete(snapshot);
  EXPECT_THAT(snapshot.suspects[0].user_side->missing, IsEmpty());
}

TEST(ScrutinyOfFailures, sets_no_wait_aside_that_could_not_be_read) {
  Scrutiny scrutiny;
  for (int scan = 0; scan < 100; ++scan) {
    const auto wishes = attended(scrutiny, unread(lockers({11})));
    EXPECT_THAT(wishes.set_aside, IsEmpty()) << scan;
    if (threads_asked(wishes) != 0) scrutiny.note(InspectReply{process, {}, {}, "deadline"});
  }
}

TEST(ScrutinyOfFailures, forgets_one_of_a_process_that_is_gone_once_it_may_be_asked_again) {
  Scrutiny scrutiny;
  (void)attended(scrutiny, unread(lockers({11})));
  scrutiny.note(InspectReply{process, {}, {}, "deadline"});
  (void)attended(scrutiny, std::vector<Task>{});
  EXPECT_THAT(asked(attended(scrutiny, unread(lockers({11})))), IsEmpty()) << "it comes and goes";
  for (int scan = 0; scan < 3; ++scan) (void)attended(scrutiny, std::vector<Task>{});
  auto snapshot = scan_of(unread(lockers({11})));
  EXPECT_THAT(asked(attended(scrutiny, snapshot)), ElementsAre(11));
  EXPECT_FALSE(snapshot.suspects[0].user_side.has_value());
}

}  // namespace
}  // namespace wedged
