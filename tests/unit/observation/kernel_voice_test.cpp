// SPDX-License-Identifier: Apache-2.0
#include "observation/kernel_voice.h"

#include <gtest/gtest.h>

#include "support/builders.h"

namespace wedged {

using namespace test;
using namespace std::chrono_literals;

OopsReport an_oops(int tid, Instant at) {
  OopsReport report;
  report.tid = tid;
  report.at = at;
  return report;
}

TEST(ReportOf, is_that_of_the_thread_at_its_death) {
  const std::vector<OopsReport> reports{an_oops(7, test_now - 1s), an_oops(8, test_now)};
  EXPECT_EQ(report_of(reports, 7, test_now), &reports[0]);
  EXPECT_EQ(report_of(reports, 8, test_now), &reports[1]);
  EXPECT_EQ(report_of(reports, 9, test_now), nullptr);
}

TEST(ReportOf, may_seem_later_than_the_death_for_the_clocks_are_two) {
  const std::vector<OopsReport> reports{an_oops(7, test_now + 1s)};
  EXPECT_EQ(report_of(reports, 7, test_now), &reports[0]);
}

TEST(ReportOf, is_none_beyond_the_tolerance) {
  const std::vector<OopsReport> reports{an_oops(7, test_now)};
  EXPECT_EQ(report_of(reports, 7, test_now + 2s, 2s), &reports[0]);
  EXPECT_EQ(report_of(reports, 7, test_now + 2s + 1ns, 2s), nullptr);
  EXPECT_EQ(report_of(reports, 7, test_now - 2s - 1ns, 2s), nullptr);
}

TEST(ReportOf, is_the_closest_where_the_id_was_used_again) {
  const std::vector<OopsReport> reports{an_oops(7, test_now - 5s), an_oops(7, test_now - 1s),
                                        an_oops(7, test_now + 3s)};
  EXPECT_EQ(report_of(reports, 7, test_now), &reports[1]);
}

TEST(ReportOf, a_report_that_tells_of_no_thread_is_nobodys) {
  std::vector<OopsReport> reports{an_oops(0, test_now)};
  reports[0].tid.reset();
  EXPECT_EQ(report_of(reports, 0, test_now), nullptr);
  EXPECT_EQ(report_between(reports, 0, test_now - 1s, test_now + 1s), nullptr);
}

TEST(ReportBetween, is_the_last_within_the_life_of_the_thread) {
  const std::vector<OopsReport> reports{an_oops(7, test_now - 3h), an_oops(7, test_now - 1h),
                                        an_oops(8, test_now)};
  EXPECT_EQ(report_between(reports, 7, test_now - 4h, test_now), &reports[1]);
  EXPECT_EQ(report_between(reports, 7, test_now - 4h, test_now - 2h), &reports[0]);
  EXPECT_EQ(report_between(reports, 7, test_now - 30min, test_now), nullptr);
}

}  // namespace wedged
