// SPDX-License-Identifier: Apache-2.0
#include "observation/futex.h"

#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {
namespace {

using test::a_thread;

constexpr std::uint64_t word = 0x7f0000001000;
constexpr int lock_pi2 = 13;

std::optional<FutexWait> wait_of(const Task& task) {
  return futex_wait_of(*task.call);
}

struct Operation {
  int operation;
  bool waits, pi, process_private, bitset;
};
void PrintTo(const Operation& operation, std::ostream* out) {
  *out << "operation " << operation.operation;
}

class FutexOperationOf : public testing::TestWithParam<Operation> {};
TEST_P(FutexOperationOf, the_call_is_told_from_its_second_argument) {
  const auto wait = wait_of(a_thread().in_futex(word, 5, GetParam().operation));
  ASSERT_EQ(wait.has_value(), GetParam().waits);
  if (!wait) return;
  EXPECT_EQ(wait->operation, GetParam().pi ? FutexOperation::lock_pi : FutexOperation::wait);
  EXPECT_EQ(wait->process_private, GetParam().process_private);
  EXPECT_EQ(wait->bitset, GetParam().bitset);
  EXPECT_EQ(wait->address, word);
  EXPECT_EQ(wait->expected, 5U);
  EXPECT_FALSE(wait->has_timeout);
}
INSTANTIATE_TEST_SUITE_P(Futex, FutexOperationOf,
                         testing::Values(Operation{FUTEX_WAIT, true, false, false, false},
                                         Operation{FUTEX_WAIT_PRIVATE, true, false, true, false},
                                         Operation{FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, true,
                                                   false, true, true},
                                         Operation{FUTEX_WAIT_REQUEUE_PI_PRIVATE, true, false, true, true},
                                         Operation{FUTEX_LOCK_PI, true, true, false, false},
                                         Operation{FUTEX_LOCK_PI_PRIVATE, true, true, true, false},
                                         Operation{lock_pi2 | FUTEX_PRIVATE_FLAG, true, true, true, false},
                                         Operation{FUTEX_WAKE, false, false, false, false},
                                         Operation{FUTEX_CMP_REQUEUE, false, false, false, false},
                                         Operation{FUTEX_UNLOCK_PI, false, false, false, false},
                                         Operation{FUTEX_TRYLOCK_PI, false, false, false, false}));

TEST(Futex, a_timeout_is_seen) {
  EXPECT_TRUE(wait_of(a_thread().in_futex(word, 2).with_timeout())->has_timeout);
}

TEST(Futex, the_upper_half_of_a_register_is_no_part_of_the_operation_or_value) {
  Task task = a_thread().in_futex(word, 2);
  (*task.call->arguments)[1] |= 0xdead00000000;
  (*task.call->arguments)[2] |= 0xbeef00000000;
  EXPECT_EQ(wait_of(task)->expected, 2U);
  EXPECT_TRUE(wait_of(task)->process_private);
}

TEST(Futex, the_newer_call_has_its_arguments_elsewhere) {
  Task task = a_thread().in_call(455);
  task.call->arguments = {word, 2, 0xffffffff, 128 | 2, 0, 0};
  const auto wait = wait_of(task);
  ASSERT_TRUE(wait.has_value());
  EXPECT_EQ(*wait, (FutexWait{FutexOperation::wait, word, true, false, true, 2}));
  task.call->arguments = {word, 2, 0xffffffff, 2, 0x7ffd1000, 0};
  EXPECT_FALSE(wait_of(task)->process_private);
  EXPECT_TRUE(wait_of(task)->has_timeout);
}

TEST(Futex, nothing_is_said_of_other_and_32_bit_calls_nor_without_arguments) {
  EXPECT_FALSE(wait_of(a_thread().in_call(SYS_read)).has_value());
  Task task = a_thread().in_futex(word, 2);
  task.call->compat = true;
  EXPECT_FALSE(wait_of(task).has_value());
  task = a_thread().in_futex(word, 2);
  task.call->arguments.reset();
  EXPECT_FALSE(wait_of(task).has_value());
}

TEST(Futex, values_of_locks_are_told_from_others) {
  const auto looks = [](std::uint32_t expected, int operation) {
    return looks_like_lock(*wait_of(a_thread().in_futex(word, expected, operation)));
  };
  EXPECT_TRUE(looks(2, FUTEX_WAIT_PRIVATE));
  EXPECT_TRUE(looks(0x80000010, FUTEX_WAIT_PRIVATE));
  EXPECT_TRUE(looks(0, FUTEX_LOCK_PI_PRIVATE));
  EXPECT_TRUE(looks(4711, FUTEX_WAIT_BITSET));  // pthread_join
  EXPECT_FALSE(looks(0, FUTEX_WAIT_PRIVATE));
  EXPECT_FALSE(looks(1, FUTEX_WAIT));
  EXPECT_FALSE(looks(4711, FUTEX_WAIT_PRIVATE));
}

}  // namespace
}  // namespace wedged
