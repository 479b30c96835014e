// SPDX-License-Identifier: Apache-2.0
// Answers that come late: what they say is true of the wait that was asked about, as it was then, and of no
// other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scrutinized.h"

namespace wedged {
namespace {

using std::chrono::seconds;
using test::a_thread;
using test::answer;
using test::attended;
using test::glibc_side;
using test::scan_of;
using test::threads_asked;
using test::unread;
using testing::IsEmpty;

constexpr std::uint64_t mutex = 0x7f0000001000;
const ProcessId process{10, 1'000'000};

Task locker(std::uint64_t wait, int owner) {
  return a_thread().of_process(10).waiting_in_mutex(mutex, owner).switches(wait);
}
Task in_semaphore(std::uint64_t wait) {
  return a_thread()
      .of_process(10)
      .in_futex(mutex + 512, 0, FUTEX_WAIT_BITSET_PRIVATE)
      .in_function("__new_sem_wait_slow64")
      .switches(wait);
}

std::optional<int> owner_seen(Scrutiny& scrutiny, const Task& task) {
  auto snapshot = scan_of({unread(task)});
  scrutiny.complete(snapshot);
  const auto lock = lock_of(snapshot.suspects[0], CLibrary::glibc);
  return lock ? lock->owner : std::nullopt;
}

TEST(ScrutinyOfLateAnswers, one_about_an_earlier_wait_says_nothing_of_the_next_one) {
  Scrutiny scrutiny;
  const auto first = attended(scrutiny, {unread(locker(1, 11))});
  const auto second = attended(scrutiny, {unread(locker(2, 12))});
  ASSERT_EQ(threads_asked(second), 1U);
  answer(scrutiny, first, {locker(1, 11)}, glibc_side());
  EXPECT_EQ(owner_seen(scrutiny, locker(2, 12)), std::nullopt);
  answer(scrutiny, second, {locker(2, 12)}, glibc_side());
  EXPECT_EQ(owner_seen(scrutiny, locker(2, 12)), 12);
}

TEST(ScrutinyOfLateAnswers, the_next_wait_is_asked_about_again_where_its_own_question_failed) {
  Scrutiny scrutiny;
  const auto first = attended(scrutiny, {unread(locker(1, 11))});
  (void)attended(scrutiny, {unread(locker(2, 12))});
  answer(scrutiny, first, {locker(1, 11)}, glibc_side());
  scrutiny.note(InspectReply{process, {}, {}, "deadline"});
  std::size_t asked = 0;
  for (int scan = 0; scan < 3; ++scan) {
    const auto wishes = attended(scrutiny, {unread(locker(2, 12))});
    asked += threads_asked(wishes);
    answer(scrutiny, wishes, {locker(2, 12)}, glibc_side());
  }
  EXPECT_EQ(asked, 1U);
  EXPECT_EQ(owner_seen(scrutiny, locker(2, 12)), 12);
}

TEST(ScrutinyOfLateAnswers, a_lock_is_not_set_aside_for_the_idle_wait_before_it) {
  Scrutiny scrutiny;
  const auto first = attended(scrutiny, {unread(in_semaphore(1))});
  auto snapshot = scan_of({unread(locker(2, 12))});
  (void)attended(scrutiny, snapshot);
  answer(scrutiny, first, {in_semaphore(1)}, glibc_side());
  scrutiny.complete(snapshot);
  EXPECT_THAT(scrutiny.attend_again(snapshot).set_aside, IsEmpty());
}

// What lets it go: the owner slept until it was over, and so has let go of the lock since.
TEST(ScrutinyOfLateAnswers, one_is_no_younger_than_its_own_question) {
  const auto scan_at = [](int second, Task waiter) {
    Task owner = a_thread().of_process(10).thread(11).in_d_state();
    owner.off_cpu_since = instant_of_ns(0) + seconds(2);
    waiter.namespace_tid = 10;
    owner.namespace_tid = 11;
    auto snapshot = scan_of({unread(std::move(waiter)), owner});
    snapshot.taken.monotonic = instant_of_ns(0) + seconds(second);
    return snapshot;
  };
  Scrutiny scrutiny;
  auto snapshot = scan_at(1, locker(1, 11));
  const auto first = attended(scrutiny, snapshot);
  auto without = scan_of({});
  (void)attended(scrutiny, without);
  snapshot = scan_at(3, locker(1, 11));
  const auto second = attended(scrutiny, snapshot);
  ASSERT_GT(threads_asked(second), 0U);
  answer(scrutiny, first, {locker(1, 11)}, glibc_side());
  snapshot = scan_at(4, locker(1, 11));
  scrutiny.complete(snapshot);
  EXPECT_FALSE(snapshot.suspects[0].user_side.has_value()) << "the owner has moved at second 2";
}

}  // namespace
}  // namespace wedged
