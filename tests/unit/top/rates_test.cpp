// SPDX-License-Identifier: Apache-2.0
#include "top/rates.h"

#include <gtest/gtest.h>

#include "top_world.h"

namespace wedged::test {
namespace {

TEST(TopRates, are_the_growth_between_two_samples) {
  const auto rates = rates_between({stats(0, 100, 0, 3)}, {stats(0, 300, 50, 3)}, 2s);
  ASSERT_EQ(rates.size(), 1U);
  EXPECT_EQ(rates[0].number, 0);
  EXPECT_DOUBLE_EQ(rates[0].calls_per_second, 100);
  EXPECT_DOUBLE_EQ(rates[0].errors_per_second, 25);
  EXPECT_EQ(rates[0].p99, 2048ns);
}

TEST(TopRates, are_none_without_time_or_growth) {
  EXPECT_TRUE(rates_between({}, {stats(0, 300, 50, 3)}, 0s).empty());
  EXPECT_TRUE(rates_between({stats(0, 300, 50, 3)}, {stats(0, 300, 50, 3)}, 1s).empty());
}

}  // namespace
}  // namespace wedged::test
