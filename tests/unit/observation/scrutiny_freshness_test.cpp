// SPDX-License-Identifier: Apache-2.0
// What was read of a lock, while the lock may be passed on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/futex.h>

#include "scrutinized.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::answer;
using test::attended;
using test::glibc_side;
using test::scan_of;
using test::threads_asked;
using test::unread;

constexpr std::uint64_t mutex = 0x7f0000001000;

Task sharer(int owner) {
  return a_thread()
      .of_process(10)
      .known_as(10)
      .in_futex(mutex, 2, FUTEX_WAIT)
      .in_function("pthread_mutex_lock")
      .with_memory(test::a_mutex(mutex, owner, 0x80));
}

Task behind_readers() {
  return a_thread()
      .of_process(10)
      .in_futex(mutex + 8, 3, FUTEX_WAIT_BITSET_PRIVATE)
      .in_function("pthread_rwlock_wrlock")
      .with_memory(test::an_rwlock(mutex, 1U << 3U, 0));
}

Snapshot scan_at(Duration when, std::vector<Task> tasks) {
  auto snapshot = scan_of(std::move(tasks));
  snapshot.taken.monotonic = Instant{1h} + when;
  return snapshot;
}

// How many threads are asked about then; each question is answered truly.
std::size_t asked_at(Scrutiny& scrutiny, Duration when, const std::vector<Task>& truth) {
  auto snapshot = scan_at(when, unread(truth));
  const auto wishes = attended(scrutiny, snapshot);
  answer(scrutiny, wishes, truth, glibc_side());
  return threads_asked(wishes);
}

bool is_known_at(Scrutiny& scrutiny, Duration when, const Task& truth) {
  auto snapshot = scan_at(when, {unread(truth)});
  scrutiny.complete(snapshot);
  return snapshot.suspects[0].user_side.has_value();
}

// A worker unlocks and ends while the next one has the lock: one of a hundred that are not all watched.
TEST(ScrutinyFreshness, a_shared_lock_is_read_again_when_no_thread_of_the_host_has_its_owners_id) {
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {sharer(11)}), 1U);
  EXPECT_EQ(asked_at(scrutiny, 1s, {sharer(11)}), 0U);
  scrutiny.note({11}, {});
  EXPECT_FALSE(is_known_at(scrutiny, 2s, sharer(11)));
  ASSERT_EQ(asked_at(scrutiny, 2s, {sharer(12)}), 1U);
  scrutiny.note({12}, {{12, ProcessId{12, 1}}});
  EXPECT_TRUE(is_known_at(scrutiny, 3s, sharer(12)));
  scrutiny.note({12}, {});
  EXPECT_FALSE(is_known_at(scrutiny, 4s, sharer(12))) << "the next owner ended as well";
}

TEST(ScrutinyFreshness, a_shared_lock_that_names_the_ended_owner_still_is_believed) {
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {sharer(11)}), 1U);
  scrutiny.note({11}, {});
  ASSERT_EQ(asked_at(scrutiny, 1s, {sharer(11)}), 1U);
  EXPECT_TRUE(is_known_at(scrutiny, 2s, sharer(11)));
  EXPECT_EQ(asked_at(scrutiny, 3s, {sharer(11)}), 0U);
}

// While it is read again nobody is looked up, so that it is not known for a scan whether the owner is there.
TEST(ScrutinyFreshness, a_dead_owner_of_a_shared_lock_stays_one_when_nobody_was_looked_up_for_a_while) {
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {sharer(11)}), 1U);
  scrutiny.note({11}, {});
  ASSERT_EQ(asked_at(scrutiny, 1s, {sharer(11)}), 1U);
  scrutiny.note(std::vector<int>{}, {});
  ASSERT_TRUE(is_known_at(scrutiny, 2s, sharer(11)));
  scrutiny.note({11}, {});
  EXPECT_TRUE(is_known_at(scrutiny, 3s, sharer(11)));
  EXPECT_EQ(asked_at(scrutiny, 4s, {sharer(11)}), 0U);
}

// The reader leaves, a writer comes and ends: without a look nobody would know.
TEST(ScrutinyFreshness, a_lock_of_which_nobody_is_known_to_have_it_is_read_again_every_ten_seconds) {
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {behind_readers()}), 1U);
  EXPECT_EQ(asked_at(scrutiny, 9s, {behind_readers()}), 0U);
  auto snapshot = scan_at(10s, {unread(behind_readers())});
  EXPECT_EQ(threads_asked(attended(scrutiny, snapshot)), 1U);
  EXPECT_TRUE(snapshot.suspects[0].user_side.has_value()) << "what is known stands until the answer";
  EXPECT_TRUE(is_known_at(scrutiny, 11s, behind_readers()));
}

TEST(ScrutinyFreshness, a_lock_whose_owner_is_on_a_cpu_is_read_again_every_ten_seconds) {
  const Task waiter = a_thread().of_process(10).known_as(10).waiting_in_mutex(mutex, 11);
  Task owner = a_thread().of_process(10).thread(11).known_as(11).running();
  owner.off_cpu_since.reset();
  owner.suspect = false;
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {waiter, owner}), 1U);
  EXPECT_EQ(asked_at(scrutiny, 5s, {waiter, owner}), 0U);
  EXPECT_EQ(asked_at(scrutiny, 10s, {waiter, owner}), 1U);
}

TEST(ScrutinyFreshness, an_owner_that_sleeps_since_before_has_it_still) {
  const Task waiter = a_thread().of_process(10).known_as(10).waiting_in_mutex(mutex, 11);
  Task owner = a_thread().of_process(10).thread(11).known_as(11).in_call(SYS_read);
  owner.off_cpu_since = Instant{};
  owner.suspect = false;
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {waiter, owner}), 1U);
  EXPECT_EQ(asked_at(scrutiny, 60s, {waiter, owner}), 0U);
}

TEST(ScrutinyFreshness, half_an_answer_takes_nothing_away_from_what_is_known) {
  Scrutiny scrutiny;
  ASSERT_EQ(asked_at(scrutiny, 0s, {behind_readers()}), 1U);
  auto snapshot = scan_at(10s, {unread(behind_readers())});
  auto wishes = attended(scrutiny, snapshot);
  ASSERT_EQ(threads_asked(wishes), 1U);
  InspectedThread half{wishes.inspect[0].threads[0].id, {}};
  half.unfinished = true;
  scrutiny.note({wishes.inspect[0].process, glibc_side(), {half}, {}});
  auto next = scan_at(11s, {unread(behind_readers())});
  scrutiny.complete(next);
  EXPECT_EQ(next.suspects[0].user_side, behind_readers().user_side);
}

}  // namespace
}  // namespace wedged
