// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/tracker.h"

#include <gtest/gtest.h>

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

TEST(Tracker, a_reused_id_is_a_new_finding) {
  Tracker tracker;
  (void)tracker.update({a_finding().of(a_thread().of_process(7, 100).in_d_state())}, test_now);
  const auto changes =
      tracker.update({a_finding().of(a_thread().of_process(7, 200).in_d_state())}, test_now + 1s);
  EXPECT_EQ(changes.raised.size(), 1U);
  EXPECT_EQ(changes.resolved.size(), 1U);
}

TEST(Tracker, two_causes_of_one_thread_are_two_findings) {
  Tracker tracker;
  const auto changes = tracker.update({a_finding(), a_finding().cause(Cause::slow_syscall)}, test_now);
  EXPECT_EQ(changes.raised.size(), 2U);
}

}  // namespace
}  // namespace wedged
