// SPDX-License-Identifier: Apache-2.0
// What history keeps of the kernel's voice.
#include <gtest/gtest.h>

#include "observation/history.h"
#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::test_now;

Snapshot hearing(Duration offset, const std::vector<int>& tids, std::vector<Task> suspects = {}) {
  Snapshot snapshot;
  snapshot.taken = {test_now + offset, WallTime{}};
  snapshot.suspects = std::move(suspects);
  snapshot.voice.emplace();
  for (const int tid : tids) {
    OopsReport report;
    report.tid = tid;
    snapshot.voice->oopses.push_back(report);
  }
  return snapshot;
}

TEST(HistoryOfOopses, keeps_them_for_later_snapshots) {
  History history(1s);
  EXPECT_EQ(history.advance(hearing(0s, {7})).oopses.size(), 1U);
  EXPECT_EQ(history.advance(hearing(1s, {8})).oopses.size(), 2U);
  EXPECT_EQ(history.advance(hearing(1h, {})).oopses.size(), 2U);
}

TEST(HistoryOfOopses, keeps_them_where_nobody_listens_any_more) {
  History history(1s);
  (void)history.advance(hearing(0s, {7}));
  auto deaf = hearing(1s, {});
  deaf.voice.reset();
  EXPECT_EQ(history.advance(deaf).oopses.size(), 1U);
}

TEST(HistoryOfOopses, forgets_the_oldest_of_whom_nothing_is_to_be_seen) {
  History history(1s);
  const Task leader = a_thread().of_process(7).thread(7);
  (void)history.advance(hearing(0s, {7, 8}, {leader}));
  const auto changes = history.advance(hearing(1s, std::vector<int>(63, 9), {leader}));
  ASSERT_EQ(changes.oopses.size(), 64U);
  EXPECT_EQ(changes.oopses[0].tid, 7);
  EXPECT_EQ(changes.oopses[1].tid, 9);
}

TEST(HistoryOfOopses, remembers_of_which_process_a_thread_was_that_is_gone) {
  History history(1s);
  const Task survivor = a_thread().of_process(70).thread(71);
  auto first = hearing(0s, {8, 72}, {survivor});
  first.deaths.emplace_back();
  first.deaths[0].id.tid = 72;
  first.deaths[0].process = survivor.process;
  (void)history.advance(first);
  const auto changes = history.advance(hearing(1s, std::vector<int>(63, 9), {survivor}));
  ASSERT_EQ(changes.oopses.size(), 64U);
  EXPECT_EQ(changes.oopses[0].tid, 72);
}

TEST(HistoryOfOopses, keeps_no_more_than_64_whatever_happens) {
  History history(1s);
  const Task leader = a_thread().of_process(7).thread(7);
  EXPECT_EQ(history.advance(hearing(0s, std::vector<int>(1000, 7), {leader})).oopses.size(), 64U);
}

}  // namespace
}  // namespace wedged
