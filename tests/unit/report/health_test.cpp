// SPDX-License-Identifier: Apache-2.0
#include "report/health.h"

#include <gtest/gtest.h>

#include "unit/report/report_values.h"

namespace wedged {

using namespace test;

Published scanned_at(Instant at, Duration interval) {
  Published state;
  state.at = {at, WallTime{}};
  state.scan_interval = interval;
  return state;
}

TEST(Health, is_bad_before_the_first_scan) {
  EXPECT_EQ(health_of(nullptr, test_now).reason, "there was no scan yet");
  const Published not_yet;
  EXPECT_FALSE(health_of(&not_yet, test_now).ok);
}

TEST(Health, lasts_for_ten_intervals) {
  const Published state = scanned_at(test_now, 5s);
  EXPECT_TRUE(health_of(&state, test_now + 50s).ok);
  const Health late = health_of(&state, test_now + 50s + 1ns);
  EXPECT_FALSE(late.ok);
  EXPECT_EQ(late.reason, "the last scan was 50.0 s ago, one is due every 5.0 s");
}

TEST(Health, lasts_for_ten_seconds_however_short_the_interval) {
  const Published state = scanned_at(test_now, 100ms);
  EXPECT_TRUE(health_of(&state, test_now + 10s).ok);
  EXPECT_FALSE(health_of(&state, test_now + 10s + 1ns).ok);
}

TEST(Health, is_bad_while_nobody_can_be_in_the_scope) {
  Published state = scanned_at(test_now, 1s);
  state.scope = {{}, "/a", {}};
  EXPECT_TRUE(health_of(&state, test_now).ok);
  state.scope.missing = "cgroup /a does not exist";
  EXPECT_FALSE(health_of(&state, test_now).ok);
  EXPECT_EQ(health_of(&state, test_now).reason, "nobody is looked at: cgroup /a does not exist");
}

TEST(Health, is_good_while_a_scan_is_newer_than_the_question) {
  const Published state = scanned_at(test_now, 1s);
  EXPECT_TRUE(health_of(&state, test_now - 1s).ok);
}

}  // namespace wedged
