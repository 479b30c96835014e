// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "unit/report/metric_values.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;

Published with_open(const std::vector<Finding>& open) {
  Published state;
  state.at = shown_now();
  state.open = open;
  return state;
}

TEST(FindingsMetrics, say_nothing_of_now_before_the_first_scan) {
  const Published not_scanned;  // the first one failed
  for (const Published* state : {static_cast<const Published*>(nullptr), &not_scanned}) {
    const Scrape scrape(state);
    for (const char* name : {"wedged_stuck_threads", "wedged_stuck_processes", "wedged_unit_stuck_threads",
                             "wedged_oldest_finding_start_timestamp_seconds", "wedged_unkillable_processes",
                             "wedged_findings_untold", "wedged_enforcing", "wedged_enforcement_suspended",
                             "wedged_jobs_running"}) {
      EXPECT_EQ(scrape.series_count(name), 0U) << name;
    }
  }
}

TEST(FindingsMetrics, totals_exist_at_zero_before_the_first_scan) {
  const Scrape scrape(nullptr);
  for (const Cause each : all_causes) {
    const std::string cause(name_of(each));
    EXPECT_EQ(scrape.value("wedged_findings_resolved_total", {{"cause", cause}}), 0.0);
    for (const std::string certainty : {"possible", "likely", "certain"}) {
      EXPECT_EQ(scrape.value("wedged_findings_total", {{"cause", cause}, {"certainty", certainty}}), 0.0);
    }
  }
  for (const Refusal refusal : all_refusals) {
    EXPECT_EQ(scrape.value("wedged_action_refusals_total", {{"reason", std::string(name_of(refusal))}}), 0.0);
  }
  EXPECT_EQ(scrape.value("wedged_kernel_hung_task_reports_total"), 0.0);
  EXPECT_EQ(scrape.value("wedged_ledger_write_errors_total"), 0.0);
}

TEST(FindingsMetrics, count_threads_and_processes_of_a_cause) {
  const Finding two_threads =
      a_finding().of(a_thread().of_process(7)).and_thread(a_thread().of_process(7).thread(8));
  const Finding same_process = a_finding().of(a_thread().of_process(7).thread(9));
  const Finding another = a_finding().of(a_thread().of_process(20));
  const Scrape scrape(with_open({two_threads, same_process, another}));
  EXPECT_EQ(scrape.value("wedged_stuck_threads", {{"cause", "uninterruptible_wait"}}), 4.0);
  EXPECT_EQ(scrape.value("wedged_stuck_processes", {{"cause", "uninterruptible_wait"}}), 2.0);
  EXPECT_EQ(scrape.value("wedged_stuck_threads", {{"cause", "unkillable"}}), 0.0);
}

TEST(FindingsMetrics, count_the_findings_that_are_too_many_to_tell) {
  Published state = with_open({a_finding()});
  EXPECT_EQ(Scrape(state).value("wedged_findings_untold"), 0.0);
  state.untold = 17;
  EXPECT_EQ(Scrape(state).value("wedged_findings_untold"), 17.0);
}

TEST(FindingsMetrics, count_a_thread_of_two_causes_once_for_its_unit) {
  const Finding waiting = a_finding().of(a_thread().of_process(7));
  const Finding unkillable = a_finding().of(a_thread().of_process(7)).cause(Cause::unkillable);
  const Scrape scrape(with_open({waiting, unkillable}));
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "victim.service"}}), 1.0);
  EXPECT_EQ(scrape.value("wedged_unkillable_processes"), 1.0);
}

TEST(FindingsMetrics, count_victims_as_waiting_for_stuck_once_each) {
  Finding first = a_finding().of(a_thread().of_process(7)).cause(Cause::self_deadlock);
  first.victims = {{a_thread().of_process(7).thread(8), {}, {}, {}},
                   {a_thread().of_process(9).cgroup("/system.slice/other.service"), {}, {}, {}}};
  Finding second = a_finding().of(a_thread().of_process(20)).cause(Cause::dead_owner);
  second.victims = {first.victims[0]};
  const Scrape scrape(with_open({first, second}));
  EXPECT_EQ(scrape.value("wedged_stuck_threads", {{"cause", "waits_for_stuck"}}), 2.0);
  EXPECT_EQ(scrape.value("wedged_stuck_processes", {{"cause", "waits_for_stuck"}}), 2.0);
  EXPECT_EQ(scrape.value("wedged_stuck_threads", {{"cause", "self_deadlock"}}), 1.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "victim.service"}}), 3.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "other.service"}}), 1.0);
}

TEST(FindingsMetrics, count_threads_that_wait_for_each_other_in_the_unit_of_each) {
  Finding cycle = a_finding().of(a_thread().of_process(7)).cause(Cause::lock_cycle);
  cycle.threads.push_back({a_thread().of_process(9).cgroup("/system.slice/other.service"), {}, {}, {}});
  const Scrape scrape(with_open({cycle}));
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "victim.service"}}), 1.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "other.service"}}), 1.0);
}

TEST(FindingsMetrics, tell_when_the_oldest_finding_began) {
  const Finding older = a_finding().of(a_thread().of_process(7)).lasting(100s);
  const Finding newer = a_finding().of(a_thread().of_process(8)).lasting(20s);
  const Scrape scrape(with_open({newer, older}));
  const auto oldest =
      scrape.value("wedged_oldest_finding_start_timestamp_seconds", {{"cause", "uninterruptible_wait"}});
  EXPECT_DOUBLE_EQ(oldest.value(), static_cast<double>(shown_second) - 100 + 0.123);
}

TEST(FindingsMetrics, have_no_number_as_the_start_of_no_finding) {
  const Scrape scrape(with_open({}));
  EXPECT_TRUE(std::isnan(
      scrape.value("wedged_oldest_finding_start_timestamp_seconds", {{"cause", "unkillable"}}).value()));
}

TEST(FindingsMetrics, show_twenty_units_and_the_rest_as_other) {
  std::vector<Finding> open;
  for (int number = 0; number < 25; ++number) {
    const std::string unit = "unit-" + std::to_string(10 + number) + ".service";
    open.push_back(a_finding().of(a_thread().of_process(100 + number)).unit(unit));
  }
  open.push_back(a_finding().of(a_thread().of_process(500)).unit("unit-34.service"));
  const Scrape scrape(with_open(open));
  EXPECT_EQ(scrape.series_count("wedged_unit_stuck_threads"), 22U) << "20 units, other, unknown";
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "unit-34.service"}}), 2.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "unit-10.service"}}), 1.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "other"}}), 5.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "unknown"}}), 0.0);
}

TEST(FindingsMetrics, count_threads_without_a_unit_as_unknown) {
  const Scrape scrape(with_open({a_finding().unit("")}));
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "unknown"}}), 1.0);
}

TEST(FindingsMetrics, merge_units_whose_labels_are_cut_to_the_same) {
  const Finding first = a_finding().of(a_thread().of_process(7)).unit(std::string(128, 'u') + "1");
  const Finding second = a_finding().of(a_thread().of_process(8)).unit(std::string(128, 'u') + "2");
  const Finding third = a_finding().of(a_thread().of_process(9)).unit("other");
  const Scrape scrape(with_open({first, second, third}));
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", std::string(128, 'u')}}), 2.0);
  EXPECT_EQ(scrape.value("wedged_unit_stuck_threads", {{"unit", "other"}}), 1.0);
}

TEST(FindingsMetrics, count_what_the_totals_say) {
  Published state = with_open({});
  state.totals.findings[{Cause::unkillable, Certainty::certain}] = 3;
  state.totals.resolved[Cause::slow_syscall] = 4;
  state.totals.refusals[Refusal::cool_down] = 5;
  state.hung_task_reports = 6;
  state.enforcing = true;
  state.suspension = a_suspension().suspension;
  state.jobs_running = 2;
  state.totals.ledger_write_errors = 7;
  const Scrape scrape(state);
  EXPECT_EQ(scrape.value("wedged_findings_total", {{"cause", "unkillable"}, {"certainty", "certain"}}), 3.0);
  EXPECT_EQ(scrape.value("wedged_findings_resolved_total", {{"cause", "slow_syscall"}}), 4.0);
  EXPECT_EQ(scrape.value("wedged_action_refusals_total", {{"reason", "cool_down"}}), 5.0);
  EXPECT_EQ(scrape.value("wedged_kernel_hung_task_reports_total"), 6.0);
  EXPECT_EQ(scrape.value("wedged_enforcing"), 1.0);
  EXPECT_EQ(scrape.value("wedged_enforcement_suspended"), 1.0);
  EXPECT_EQ(scrape.value("wedged_jobs_running"), 2.0);
  EXPECT_EQ(scrape.value("wedged_ledger_write_errors_total"), 7.0);
}

TEST(FindingsMetrics, have_every_result_of_a_rules_actions_from_the_start) {
  Published state = with_open({});
  state.rule_actions = {{"kill", "SIGTERM"}, {"kill", "SIGKILL"}};
  state.totals.actions[{"kill", "SIGKILL", OutcomeKind::done}] = 2;
  state.totals.actions[{"removed", "log", OutcomeKind::done}] = 1;
  const Scrape scrape(state);
  const auto value = [&](const char* rule, const char* action, const char* result) {
    return scrape.value("wedged_actions_total", {{"rule", rule}, {"action", action}, {"result", result}});
  };
  for (const OutcomeKind kind : all_outcomes) {
    EXPECT_EQ(value("kill", "SIGTERM", std::string(name_of(kind)).c_str()), 0.0);
  }
  EXPECT_EQ(value("kill", "SIGKILL", "done"), 2.0);
  EXPECT_EQ(value("removed", "log", "done"), 1.0) << "a counter does not vanish with its rule";
}

}  // namespace wedged
