// SPDX-License-Identifier: Apache-2.0
#include "observation/watch_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wedged {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

Instant at(int second) {
  return Instant{std::chrono::seconds(second)};
}

TEST(WatchList, all_have_a_place_and_are_told_by_id) {
  WatchList list;
  list.want({20, 1}, 3, at(1));
  list.want({10, 1}, 3, at(2));
  EXPECT_THAT(list.chosen(), ElementsAre(ProcessId{10, 1}, ProcessId{20, 1}));
  EXPECT_EQ(list.left_out(), 0U);
}

// Whoever comes later, with whatever id, takes nobody's place.
TEST(WatchList, those_that_have_waited_longest_keep_their_place) {
  WatchList list;
  for (int process = 1; process <= 300; ++process) list.want({process, 1}, 1, at(1000 - process));
  EXPECT_THAT(list.chosen(), SizeIs(WatchList::most_processes));
  EXPECT_EQ(list.chosen().back(), (ProcessId{300, 1}));
  EXPECT_EQ(list.chosen().front(), (ProcessId{51, 1}));
  EXPECT_EQ(list.left_out(), 50U);
}

TEST(WatchList, the_earliest_wait_of_a_process_counts) {
  WatchList list;
  for (int process = 1; process <= 250; ++process) list.want({process, 1}, 1, at(10));
  list.want({999, 1}, 1, at(20));
  list.want({999, 1}, 1, at(5));
  EXPECT_EQ(list.chosen().back(), (ProcessId{999, 1}));
}

TEST(WatchList, threads_are_bounded_but_for_the_first_process) {
  WatchList large;
  large.want({1, 1}, 100'000, at(1));
  large.want({2, 1}, 1, at(2));
  EXPECT_THAT(large.chosen(), ElementsAre(ProcessId{1, 1}));
  WatchList some;
  for (int process = 1; process <= 10; ++process) some.want({process, 1}, 1000, at(process));
  EXPECT_THAT(some.chosen(), SizeIs(8));
}

}  // namespace
}  // namespace wedged
