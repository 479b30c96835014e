// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "unit/report/metric_values.h"
#include "unit/report/report_values.h"

namespace wedged {

using namespace test;

TEST(SelfMetrics, exist_at_zero_before_the_first_scan) {
  const Scrape scrape(nullptr);
  for (const char* name :
       {"wedged_scans_total", "wedged_scan_failures_total", "wedged_scans_late_total",
        "wedged_discounted_seconds_total", "wedged_last_scan_timestamp_seconds",
        "wedged_last_scan_duration_seconds", "wedged_last_scan_cpu_seconds", "wedged_threads_scanned",
        "wedged_scope_missing", "wedged_inspector_requests_total", "wedged_inspector_deadlines_missed_total",
        "wedged_inspector_crashes_total", "wedged_inspector_unkillable",
        "wedged_config_last_reload_success_timestamp_seconds"}) {
    EXPECT_EQ(scrape.value(name), 0.0) << name;
  }
  for (const std::string result : {"success", "failure"}) {
    EXPECT_EQ(scrape.value("wedged_config_reloads_total", {{"result", result}}), 0.0);
  }
  EXPECT_EQ(scrape.value("wedged_config_last_reload_successful"), 1.0);
  EXPECT_EQ(scrape.value("wedged_build_info", {{"version", WEDGED_VERSION}}), 1.0);
}

TEST(SelfMetrics, show_the_last_scan) {
  Published state;
  state.at = shown_now();
  state.scan_interval = 2s;
  state.scan_duration = 5ms;
  state.scan_cpu_time = 3ms;
  state.threads_scanned = 321;
  state.totals.scans = 10;
  state.totals.failed_scans = 1;
  state.totals.late_scans = 2;
  state.totals.discounted = 1500ms;
  const Scrape scrape(state);
  EXPECT_DOUBLE_EQ(scrape.value("wedged_last_scan_timestamp_seconds").value(),
                   static_cast<double>(shown_second) + 0.123);
  EXPECT_DOUBLE_EQ(scrape.value("wedged_scan_interval_seconds").value(), 2.0);
  EXPECT_DOUBLE_EQ(scrape.value("wedged_last_scan_duration_seconds").value(), 0.005);
  EXPECT_DOUBLE_EQ(scrape.value("wedged_last_scan_cpu_seconds").value(), 0.003);
  EXPECT_EQ(scrape.value("wedged_threads_scanned"), 321.0);
  EXPECT_EQ(scrape.value("wedged_scans_total"), 10.0);
  EXPECT_EQ(scrape.value("wedged_scan_failures_total"), 1.0);
  EXPECT_EQ(scrape.value("wedged_scans_late_total"), 2.0);
  EXPECT_DOUBLE_EQ(scrape.value("wedged_discounted_seconds_total").value(), 1.5);
}

TEST(SelfMetrics, tell_when_nobody_is_looked_at) {
  Published state;
  state.scope.cgroup = "/system.slice/db.service";
  EXPECT_EQ(Scrape(state).value("wedged_scope_missing"), 0.0);
  state.scope.missing = "cgroup /system.slice/db.service does not exist";
  EXPECT_EQ(Scrape(state).value("wedged_scope_missing"), 1.0);
}

TEST(SelfMetrics, show_how_the_inspector_does) {
  Published state;
  state.inspector = {.requests = 10, .replies = 7, .deadlines_missed = 2, .crashes = 1, .unkillable = 3};
  const Scrape scrape(state);
  EXPECT_EQ(scrape.value("wedged_inspector_requests_total"), 10.0);
  EXPECT_EQ(scrape.value("wedged_inspector_deadlines_missed_total"), 2.0);
  EXPECT_EQ(scrape.value("wedged_inspector_crashes_total"), 1.0);
  EXPECT_EQ(scrape.value("wedged_inspector_unkillable"), 3.0);
}

TEST(SelfMetrics, tell_what_the_monitor_itself_uses_under_the_names_of_client_libraries) {
  Published state;
  state.own_process = {1500ms, 4096, 8192, 21, 1024, shown_now().wall};
  const Scrape scrape(state);
  EXPECT_DOUBLE_EQ(scrape.value("process_cpu_seconds_total").value(), 1.5);
  EXPECT_EQ(scrape.value("process_resident_memory_bytes"), 4096.0);
  EXPECT_EQ(scrape.value("process_virtual_memory_bytes"), 8192.0);
  EXPECT_EQ(scrape.value("process_open_fds"), 21.0);
  EXPECT_EQ(scrape.value("process_max_fds"), 1024.0);
  EXPECT_DOUBLE_EQ(scrape.value("process_start_time_seconds").value(),
                   static_cast<double>(shown_second) + 0.123);
}

TEST(SelfMetrics, tell_nothing_of_the_monitor_that_is_not_known) {
  EXPECT_EQ(Scrape(nullptr).series_count("process_open_fds"), 0U);
}

TEST(SelfMetrics, show_programs_losses_and_reloads) {
  Published state;
  state.programs = {{"task_scan", true, ""}, {"sys_enter", false, "no BTF"}};
  state.losses = {{"ring_full", 4}, {"record_size", 0}};
  state.config_ok = false;
  state.totals.config_reloads = {{true, 2}, {false, 1}};
  const Scrape scrape(state);
  EXPECT_EQ(scrape.value("wedged_bpf_program_attached", {{"program", "task_scan"}}), 1.0);
  EXPECT_EQ(scrape.value("wedged_bpf_program_attached", {{"program", "sys_enter"}}), 0.0);
  EXPECT_EQ(scrape.value("wedged_observation_losses_total", {{"reason", "ring_full"}}), 4.0);
  EXPECT_EQ(scrape.value("wedged_observation_losses_total", {{"reason", "record_size"}}), 0.0);
  EXPECT_EQ(scrape.value("wedged_config_last_reload_successful"), 0.0);
  EXPECT_EQ(scrape.value("wedged_config_reloads_total", {{"result", "success"}}), 2.0);
  EXPECT_EQ(scrape.value("wedged_config_reloads_total", {{"result", "failure"}}), 1.0);
}

}  // namespace wedged
