// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "unit/report/metric_values.h"

namespace wedged {

using namespace test;

Published a_state_with(const KernelCounters& counters) {
  Published state;
  state.kernel = counters;
  return state;
}

TEST(KernelMetrics, a_counter_that_the_kernel_does_not_have_has_no_series) {
  const Scrape scrape(a_state_with({}));
  for (const auto* name :
       {"wedged_kernel_oopses_total", "wedged_kernel_oops_reports_total", "wedged_kernel_warnings_total",
        "wedged_kernel_hung_tasks_total", "wedged_kernel_soft_lockups_total",
        "wedged_kernel_hard_lockups_total", "wedged_kernel_rcu_stalls_total", "wedged_kernel_tainted"}) {
    EXPECT_EQ(scrape.series_count(name), 0U) << name;
  }
}

TEST(KernelMetrics, zero_is_shown_where_the_kernel_counts) {
  const Scrape scrape(a_state_with({0, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(scrape.value("wedged_kernel_oopses_total"), 0);
  EXPECT_EQ(scrape.value("wedged_kernel_tainted", {{"flag", "died"}}), 0);
}

TEST(KernelMetrics, each_counter_has_its_own_name) {
  const Scrape scrape(a_state_with({1, 2, 3, 4, 5, 6, 0}));
  EXPECT_EQ(scrape.value("wedged_kernel_oopses_total"), 1);
  EXPECT_EQ(scrape.value("wedged_kernel_warnings_total"), 2);
  EXPECT_EQ(scrape.value("wedged_kernel_hung_tasks_total"), 3);
  EXPECT_EQ(scrape.value("wedged_kernel_soft_lockups_total"), 4);
  EXPECT_EQ(scrape.value("wedged_kernel_hard_lockups_total"), 5);
  EXPECT_EQ(scrape.value("wedged_kernel_rcu_stalls_total"), 6);
}

TEST(KernelMetrics, reports_seen_as_they_came_are_kept_apart_from_what_the_kernel_counts) {
  Published state = a_state_with({5, 0, 7, 0, 0, 0, 0});
  state.log_heard = true;
  state.totals.oops_reports = 2;
  state.hung_task_reports = 3;
  const Scrape scrape(state);
  EXPECT_EQ(scrape.value("wedged_kernel_oops_reports_total"), 2);
  EXPECT_EQ(scrape.value("wedged_kernel_hung_task_reports_total"), 3);
}

// Bits 7, 9 and 12: after an oops and a warning of a module that is not the kernel's own.
TEST(KernelMetrics, taint_has_a_series_for_each_flag) {
  KernelCounters counters;
  counters.taint = 0x1280;
  const Scrape scrape(a_state_with(counters));
  EXPECT_EQ(scrape.series_count("wedged_kernel_tainted"), 21U);
  for (const auto* flag : {"died", "warned", "out_of_tree_module"})
    EXPECT_EQ(scrape.value("wedged_kernel_tainted", {{"flag", flag}}), 1) << flag;
  EXPECT_EQ(scrape.value("wedged_kernel_tainted", {{"flag", "soft_lockup"}}), 0);
  EXPECT_EQ(scrape.value("wedged_kernel_tainted", {{"flag", "other"}}), 0);
}

TEST(KernelMetrics, a_flag_of_a_later_kernel_is_other) {
  KernelCounters counters;
  counters.taint = std::uint64_t{1} << 40U;
  EXPECT_EQ(Scrape(a_state_with(counters)).value("wedged_kernel_tainted", {{"flag", "other"}}), 1);
}

}  // namespace wedged
