// SPDX-License-Identifier: Apache-2.0
// A thread that spins never stands still: what was read of it holds as long as the spin does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "observation/scrutiny.h"
#include "scrutinized.h"
#include "support/loops.h"

namespace wedged {
namespace {

using test::a_loop;
using test::a_thread;
using test::answer;
using test::attended;
using test::scan_of;
using test::threads_asked;
using test::unread;
using testing::SizeIs;

Task spinner(std::uint64_t switches, Duration spinning = std::chrono::seconds(6)) {
  Task task = a_thread().of_process(10).running().spinning(a_loop().spinning_for(spinning));
  task.switch_count = switches;
  task.details->registers.emplace();
  task.details->stack_copy = WordSurroundings{0x7ffd0000, {1, 2, 3}};
  return unread(task);
}

TEST(ScrutinyOfSpins, asks_with_the_copy_of_the_stack) {
  Scrutiny scrutiny;
  const auto wishes = attended(scrutiny, {spinner(1)});
  ASSERT_THAT(wishes.inspect, SizeIs(1));
  EXPECT_EQ(wishes.inspect[0].threads.at(0).stack_copy, spinner(1).details->stack_copy);
}

TEST(ScrutinyOfSpins, waits_for_the_copy_as_registers_alone_may_be_those_of_another_moment) {
  Scrutiny scrutiny;
  auto task = spinner(1);
  task.details->stack_copy.reset();
  EXPECT_EQ(threads_asked(attended(scrutiny, {task})), 0U);
  EXPECT_EQ(threads_asked(attended(scrutiny, {spinner(2)})), 1U);
}

TEST(ScrutinyOfSpins, keeps_the_answer_over_switches_until_the_spin_is_another) {
  Scrutiny scrutiny;
  auto truth = spinner(1);
  truth.user_side.emplace();
  truth.user_side->stack = {{0x401000, "event_loop", 5, "/bin/server"}};
  auto snapshot = scan_of({spinner(1)});
  answer(scrutiny, attended(scrutiny, snapshot), {truth}, test::glibc_side());

  auto later = scan_of({spinner(900)});
  EXPECT_EQ(threads_asked(attended(scrutiny, later)), 0U);
  ASSERT_TRUE(later.suspects[0].user_side.has_value());
  EXPECT_EQ(later.suspects[0].user_side->stack, truth.user_side->stack);

  auto another = scan_of({spinner(901, std::chrono::seconds(2))});
  EXPECT_EQ(threads_asked(attended(scrutiny, another)), 1U);
  EXPECT_FALSE(another.suspects[0].user_side.has_value());
}

}  // namespace
}  // namespace wedged
