// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/tracker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/builders.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_finding;
using test::a_thread;
using test::test_now;

TEST(Tracker, a_finding_is_raised_once_and_resolved_once) {
  Tracker tracker;
  const Finding finding = a_finding().lasting(11s);
  EXPECT_EQ(tracker.update({finding}, test_now).raised.size(), 1U);
  const auto going_on = tracker.update({finding}, test_now + 1s);
  EXPECT_TRUE(going_on.raised.empty());
  EXPECT_EQ(going_on.open.size(), 1U);
  const auto ended = tracker.update({}, test_now + 2s);
  ASSERT_EQ(ended.resolved.size(), 1U);
  EXPECT_EQ(ended.resolved[0].lasted, 12s);
  EXPECT_TRUE(ended.open.empty());
  EXPECT_TRUE(tracker.update({}, test_now + 3s).resolved.empty());
}

TEST(Tracker, open_findings_are_shared_not_copied) {
  Tracker tracker;
  const auto changes = tracker.update({a_finding()}, test_now);
  const SharedFindings published = changes.open;
  EXPECT_EQ(&published[0], &changes.open[0]);
}

TEST(Tracker, a_reused_id_is_a_new_finding) {
  Tracker tracker;
  (void)tracker.update({a_finding().of(a_thread().of_process(7, 100).in_d_state())}, test_now);
  const auto changes =
      tracker.update({a_finding().of(a_thread().of_process(7, 200).in_d_state())}, test_now + 1s);
  EXPECT_EQ(changes.raised.size(), 1U);
  EXPECT_EQ(changes.resolved.size(), 1U);
}

// Threads of one process that wait in D state, known by the first of them.
Finding group_of(const std::vector<int>& tids, Cause cause = Cause::uninterruptible_wait, int tgid = 7) {
  Finding finding = a_finding().of(a_thread().of_process(tgid).thread(tids.front()).in_d_state());
  finding.key = {cause, finding.task.id};
  finding.threads.clear();
  for (const int tid : tids)
    finding.threads.push_back({a_thread().of_process(tgid).thread(tid).in_d_state(), 11s, 11s, "a device"});
  return finding;
}

TEST(Tracker, a_group_is_one_finding_whoever_of_it_leaves_or_joins) {
  Tracker tracker;
  const auto first = tracker.update({group_of({10, 11, 12})}, test_now);
  ASSERT_EQ(first.raised.size(), 1U);
  const std::vector<std::vector<int>> courses{{11, 12}, {12, 11}, {12}, {9, 12}, {9}};
  for (std::size_t at = 0; at < courses.size(); ++at) {
    const auto changes = tracker.update({group_of(courses[at])}, test_now + (at + 1) * 1s);
    EXPECT_TRUE(changes.raised.empty() && changes.resolved.empty()) << at;
    ASSERT_EQ(changes.open.size(), 1U);
    EXPECT_EQ(changes.open[0].key, first.raised[0].key) << at;
    EXPECT_EQ(changes.open[0].threads.size(), courses[at].size()) << "what is told of it is new";
  }
  const auto ended = tracker.update({}, test_now + 9s);
  ASSERT_EQ(ended.resolved.size(), 1U);
  EXPECT_EQ(ended.resolved[0].key, first.raised[0].key);
}

TEST(Tracker, a_group_that_falls_apart_goes_on_as_one_of_its_parts) {
  Tracker tracker;
  (void)tracker.update({group_of({10, 11, 12})}, test_now);
  const auto changes = tracker.update({group_of({11}), group_of({12})}, test_now + 1s);
  EXPECT_EQ(changes.raised.size(), 1U);
  EXPECT_TRUE(changes.resolved.empty());
}

TEST(Tracker, no_other_cause_process_or_thread_goes_on_as_it) {
  for (const Finding& other : {group_of({11}, Cause::slow_syscall), group_of({13}),
                               group_of({11}, Cause::uninterruptible_wait, 8)}) {
    Tracker tracker;
    (void)tracker.update({group_of({10, 11})}, test_now);
    const auto changes = tracker.update({other}, test_now + 1s);
    EXPECT_EQ(changes.raised.size(), 1U);
    EXPECT_EQ(changes.resolved.size(), 1U);
  }
}

TEST(Tracker, time_in_which_the_monitor_did_not_run_counts_in_no_finding) {
  Tracker tracker;
  (void)tracker.update({a_finding().lasting(12s)}, test_now);
  const auto ended = tracker.update({}, test_now + 61s, 60s);
  ASSERT_EQ(ended.resolved.size(), 1U);
  EXPECT_EQ(ended.resolved[0].lasted, 13s);
}

TEST(Tracker, two_causes_of_one_thread_are_two_findings) {
  Tracker tracker;
  const auto changes = tracker.update({a_finding(), a_finding().cause(Cause::slow_syscall)}, test_now);
  EXPECT_EQ(changes.raised.size(), 2U);
}

// So many of one process, each of another thread, the lowest thread ids having waited the longest.
std::vector<Finding> many_of(int tgid, int count, std::uint32_t user = 1000) {
  std::vector<Finding> findings;
  for (int at = 0; at < count; ++at) {
    Task task = a_thread().of_process(tgid).thread(100'000 * tgid + at).in_d_state();
    task.uid = user;
    findings.push_back(a_finding().of(task));
    findings.back().since = test_now - 1h + std::chrono::seconds(at);
  }
  return findings;
}

std::vector<Finding> together(const std::vector<std::vector<Finding>>& lists) {
  std::vector<Finding> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return all;
}

// As many as there are places, by processes of two users.
std::vector<Finding> all_places(int per_process) {
  std::vector<std::vector<Finding>> lists;
  for (int tgid = 1; tgid <= 4; ++tgid)
    lists.push_back(many_of(tgid, per_process, static_cast<std::uint32_t>(tgid % 2)));
  return together(lists);
}

bool contains(const std::vector<Finding>& findings, const Finding& wanted) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const auto& one) { return one.key == wanted.key; });
}

TEST(Tracker, tells_at_most_so_many_of_one_process_and_those_that_have_lasted_longest) {
  Tracker tracker;
  const auto many = many_of(7, 3300);
  const Finding other = a_finding().of(a_thread().of_process(8).in_d_state());
  const auto changes = tracker.update(together({many, {other}}), test_now);
  EXPECT_EQ(changes.open.size(), most_told_of_process + 1);
  EXPECT_EQ(changes.raised.size(), most_told_of_process + 1);
  EXPECT_EQ(changes.untold, 3300 - most_told_of_process);
  EXPECT_TRUE(contains(changes.open, other));
  EXPECT_TRUE(contains(changes.open, many[most_told_of_process - 1]));
  EXPECT_FALSE(contains(changes.open, many[most_told_of_process]));
  EXPECT_TRUE(std::is_sorted(changes.open.begin(), changes.open.end(),
                             [](const auto& a, const auto& b) { return a.key < b.key; }));
}

TEST(Tracker, what_is_told_stays_and_what_waits_comes_in_when_there_is_room) {
  Tracker tracker;
  auto many = many_of(7, 300);
  (void)tracker.update(many, test_now);
  auto older = many_of(7, 301);
  older.back().since = test_now - 10h;
  const auto going_on = tracker.update(older, test_now + 1s);
  EXPECT_TRUE(going_on.raised.empty() && going_on.resolved.empty());
  EXPECT_EQ(going_on.untold, 301 - most_told_of_process);
  older.erase(older.begin());
  const auto after = tracker.update(older, test_now + 2s);
  ASSERT_EQ(after.resolved.size(), 1U);
  ASSERT_EQ(after.raised.size(), 1U);
  EXPECT_EQ(after.raised[0].key, older.back().key);
  EXPECT_EQ(after.untold, 300 - most_told_of_process);
}

TEST(Tracker, what_was_never_told_ends_without_a_word) {
  Tracker tracker;
  const auto many = many_of(7, 300);
  (void)tracker.update(many, test_now);
  const auto after = tracker.update({many.begin(), many.begin() + 256}, test_now + 1s);
  EXPECT_TRUE(after.raised.empty() && after.resolved.empty());
  EXPECT_EQ(after.untold, 0U);
}

TEST(Tracker, keeps_places_for_what_is_certain) {
  Tracker tracker;
  auto all = all_places(250);
  EXPECT_EQ(tracker.update(all, test_now).open.size(), most_told_uncertain);
  const Finding certain = a_finding().of(a_thread().of_process(9)).certainty(Certainty::certain);
  const Finding likely = a_finding().of(a_thread().of_process(10)).certainty(Certainty::likely);
  const auto changes = tracker.update(together({all, {certain, likely}}), test_now + 1s);
  ASSERT_EQ(changes.raised.size(), 1U);
  EXPECT_EQ(changes.raised[0].key, certain.key);
  EXPECT_EQ(changes.untold, 1000 - most_told_uncertain + 1);
}

TEST(Tracker, tells_a_thousand_at_most) {
  Tracker tracker;
  auto all = all_places(300);
  for (auto& finding : all) finding.certainty = Certainty::certain;
  const auto changes = tracker.update(all, test_now);
  EXPECT_EQ(changes.open.size(), most_told);
  EXPECT_EQ(changes.untold, 1200 - most_told);
}

TEST(Tracker, leaves_places_to_others_than_one_user_with_many_processes) {
  Tracker tracker;
  std::vector<std::vector<Finding>> lists;
  for (int tgid = 1; tgid <= 20; ++tgid) lists.push_back(many_of(tgid, 100));
  EXPECT_EQ(tracker.update(together(lists), test_now).open.size(), most_told_of_user);
  lists.push_back(many_of(21, 1, 0));
  const auto changes = tracker.update(together(lists), test_now + 1s);
  ASSERT_EQ(changes.raised.size(), 1U);
  EXPECT_EQ(changes.raised[0].key.task.tgid, 21);
}

}  // namespace
}  // namespace wedged
