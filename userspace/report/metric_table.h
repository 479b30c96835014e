// SPDX-License-Identifier: Apache-2.0
// The one table of metrics: name, type, help. And Families, which fills it with series. Knows no value's
// origin.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wedged {

enum class Metric : std::size_t {
  stuck_threads,
  stuck_processes,
  unit_stuck_threads,
  unkillable_processes,
  findings,
  findings_resolved,
  findings_untold,
  oldest_finding,
  syscall_duration,
  syscall_errors,
  oldest_call,
  actions,
  action_refusals,
  enforcing,
  enforcement_suspended,
  jobs_running,
  ledger_write_errors,
  hung_task_reports,
  kernel_oopses,
  kernel_oops_reports,
  kernel_warnings,
  kernel_hung_tasks,
  kernel_soft_lockups,
  kernel_hard_lockups,
  kernel_rcu_stalls,
  kernel_tainted,
  scans,
  scan_failures,
  scans_late,
  discounted_seconds,
  scan_interval,
  last_scan_timestamp,
  last_scan_duration,
  last_scan_cpu,
  threads_scanned,
  scope_missing,
  program_attached,
  observation_losses,
  inspector_requests,
  inspector_deadlines_missed,
  inspector_crashes,
  inspector_unkillable,
  config_reloads,
  config_last_reload_successful,
  config_last_reload_timestamp,
  build_info,
  process_cpu,
  process_resident,
  process_virtual,
  process_open_fds,
  process_max_fds,
  process_start,
  count,
};

struct MetricRow {
  Metric metric;
  std::string_view name;
  prometheus::MetricType type;
  std::string_view help;
};

inline constexpr std::size_t metric_count = static_cast<std::size_t>(Metric::count);
// In the order of the enumeration, which is the order on the page.
[[nodiscard]] const std::array<MetricRow, metric_count>& metric_table();

using Labels = std::vector<prometheus::ClientMetric::Label>;

[[nodiscard]] inline prometheus::ClientMetric::Label label(std::string_view name, std::string_view value) {
  return {std::string(name), std::string(value)};
}

// Counters as Prometheus takes them: exact up to 2^53.
[[nodiscard]] inline double number_of(std::uint64_t count) {
  return static_cast<double>(count);
}

class Families {
 public:
  Families();

  // A counter or gauge, as the table says.
  void add(Metric metric, Labels labels, double value);
  void add(Metric metric, Labels labels, prometheus::ClientMetric::Histogram value);

  // Every family that has series, in the table's order.
  [[nodiscard]] std::vector<prometheus::MetricFamily> take();

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace wedged
