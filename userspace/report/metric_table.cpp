// SPDX-License-Identifier: Apache-2.0
#include "report/metric_table.h"

#include <utility>

namespace wedged {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr MetricType counter = MetricType::Counter;
constexpr MetricType gauge = MetricType::Gauge;
constexpr MetricType histogram = MetricType::Histogram;

constexpr std::array<MetricRow, metric_count> table{{
    {Metric::stuck_threads, "wedged_stuck_threads", gauge,
     "Threads that are stuck now, by cause; waits_for_stuck: those that wait for one of the others."},
    {Metric::stuck_processes, "wedged_stuck_processes", gauge,
     "Processes with at least one thread that is stuck now, by cause."},
    {Metric::unit_stuck_threads, "wedged_unit_stuck_threads", gauge,
     "Threads that are stuck now, by systemd unit or container: the 20 units with most of them, the rest as "
     "other, "
     "those without a known unit as unknown."},
    {Metric::unkillable_processes, "wedged_unkillable_processes", gauge,
     "Processes that exist now although they were killed longer ago than the threshold."},
    {Metric::findings, "wedged_findings_total", counter,
     "Findings raised since the start, by cause and certainty."},
    {Metric::findings_resolved, "wedged_findings_resolved_total", counter,
     "Findings that ended since the start, by cause."},
    {Metric::findings_untold, "wedged_findings_untold", gauge,
     "Findings that hold now but are not told, since there are too many: they are in no other metric, on no "
     "page, and nothing is done about them."},
    {Metric::oldest_finding, "wedged_oldest_finding_start_timestamp_seconds", gauge,
     "When the oldest finding that holds now began, by cause; NaN if there is none."},
    {Metric::syscall_duration, "wedged_syscall_duration_seconds", histogram,
     "Duration of finished system calls, time asleep included. A call has series once it was seen; compat is "
     "the "
     "whole 32-bit interface, other is numbers without a name."},
    {Metric::syscall_errors, "wedged_syscall_errors_total", counter,
     "Finished system calls that returned an error; not those that a signal broke off for the kernel to make "
     "again."},
    {Metric::oldest_call, "wedged_syscall_oldest_in_flight_start_timestamp_seconds", gauge,
     "When the longest running call that was in flight at the last scan began; absent while there is none."},
    {Metric::actions, "wedged_actions_total", counter,
     "Actions by the policy's rule and what came of them; dry_run: enforcement was off, nothing was done."},
    {Metric::action_refusals, "wedged_action_refusals_total", counter,
     "Decisions not to act although a rule matched, by reason."},
    {Metric::enforcing, "wedged_enforcing", gauge,
     "1 if the policy's actions are carried out, 0 if only decided."},
    {Metric::enforcement_suspended, "wedged_enforcement_suspended", gauge,
     "1 if enforcement has suspended itself until the configuration is loaded again, else 0."},
    {Metric::jobs_running, "wedged_jobs_running", gauge,
     "Hooks, dumps and restarts of units that were begun and have not ended yet."},
    {Metric::ledger_write_errors, "wedged_ledger_write_errors_total", counter,
     "Failed attempts to write the ledger; while it cannot be written, no process is touched."},
    {Metric::hung_task_reports, "wedged_kernel_hung_task_reports_total", counter,
     "Reports of the kernel's own hung task detector that were seen as they came, since the start of the "
     "monitor."},
    {Metric::kernel_oopses, "wedged_kernel_oopses_total", counter,
     "Oopses since boot, as the kernel counts them; absent where it does not."},
    {Metric::kernel_oops_reports, "wedged_kernel_oops_reports_total", counter,
     "Oopses read in the kernel's log since the start of the monitor; absent where the log cannot be read."},
    {Metric::kernel_warnings, "wedged_kernel_warnings_total", counter,
     "Warnings of the kernel since boot, as it counts them; absent where it does not."},
    {Metric::kernel_hung_tasks, "wedged_kernel_hung_tasks_total", counter,
     "Hung tasks since boot, as the kernel's own detector counts them; absent where it does not."},
    {Metric::kernel_soft_lockups, "wedged_kernel_soft_lockups_total", counter,
     "Soft lockups since boot, as the kernel counts them; absent where it does not."},
    {Metric::kernel_hard_lockups, "wedged_kernel_hard_lockups_total", counter,
     "Hard lockups since boot, as the kernel counts them; absent where it does not."},
    {Metric::kernel_rcu_stalls, "wedged_kernel_rcu_stalls_total", counter,
     "Stalls of RCU since boot, as the kernel counts them; absent where it does not."},
    {Metric::kernel_tainted, "wedged_kernel_tainted", gauge,
     "1 if the kernel is tainted by that, else 0; died is an oops, soft_lockup and warned are what they "
     "say."},
    {Metric::scans, "wedged_scans_total", counter, "Scans of all threads since the start."},
    {Metric::scan_failures, "wedged_scan_failures_total", counter, "Scans that failed since the start."},
    {Metric::scans_late, "wedged_scans_late_total", counter,
     "Scans that came late because the monitor did not run or the host stood still."},
    {Metric::discounted_seconds, "wedged_discounted_seconds_total", counter,
     "Time that counts in no finding because the monitor itself did not run."},
    {Metric::scan_interval, "wedged_scan_interval_seconds", gauge,
     "Configured time from one scan to the next."},
    {Metric::last_scan_timestamp, "wedged_last_scan_timestamp_seconds", gauge,
     "When the last scan was made; 0 before the first. Everything here was true at that moment."},
    {Metric::last_scan_duration, "wedged_last_scan_duration_seconds", gauge, "How long the last scan took."},
    {Metric::last_scan_cpu, "wedged_last_scan_cpu_seconds", gauge,
     "CPU time of the last scan with all that follows from it: judging, deciding, reporting."},
    {Metric::threads_scanned, "wedged_threads_scanned", gauge, "Threads that the last scan looked at."},
    {Metric::scope_missing, "wedged_scope_missing", gauge,
     "1 if nobody is looked at, since the cgroup or the processes that the monitor was started for are not "
     "there; else 0."},
    {Metric::program_attached, "wedged_bpf_program_attached", gauge,
     "1 if this BPF program is attached, 0 if it is not; the log of the start and /api/v1/monitor say why."},
    {Metric::observation_losses, "wedged_observation_losses_total", counter,
     "Observations that the kernel side could not make or pass on, by reason."},
    {Metric::inspector_requests, "wedged_inspector_requests_total", counter,
     "Processes whose memory and files were to be read by the inspector."},
    {Metric::inspector_deadlines_missed, "wedged_inspector_deadlines_missed_total", counter,
     "Requests that the inspector did not answer in time; the finding then has less detail and says so."},
    {Metric::inspector_crashes, "wedged_inspector_crashes_total", counter,
     "Inspectors that ended by themselves; a new one is started for the next request."},
    {Metric::inspector_unkillable, "wedged_inspector_unkillable", gauge,
     "Inspectors that were killed and exist still, since what they looked at holds them in the kernel."},
    {Metric::config_reloads, "wedged_config_reloads_total", counter,
     "Reloads of the configuration, by result."},
    {Metric::config_last_reload_successful, "wedged_config_last_reload_successful", gauge,
     "1 if the last reload succeeded or there was none, 0 if the configuration before it is still in "
     "effect."},
    {Metric::config_last_reload_timestamp, "wedged_config_last_reload_success_timestamp_seconds", gauge,
     "When the configuration in effect was loaded."},
    {Metric::build_info, "wedged_build_info", gauge, "Always 1; the label has the version."},
    {Metric::process_cpu, "process_cpu_seconds_total", counter,
     "CPU time that the monitor itself has used, user and system."},
    {Metric::process_resident, "process_resident_memory_bytes", gauge,
     "Memory of the monitor itself that is resident."},
    {Metric::process_virtual, "process_virtual_memory_bytes", gauge, "Address space of the monitor itself."},
    {Metric::process_open_fds, "process_open_fds", gauge, "Descriptors that the monitor itself has open."},
    {Metric::process_max_fds, "process_max_fds", gauge, "Descriptors that it may open at most."},
    {Metric::process_start, "process_start_time_seconds", gauge, "When the monitor itself was started."},
}};

constexpr bool in_order() {
  for (std::size_t at = 0; at < metric_count; ++at) {
    if (static_cast<std::size_t>(table[at].metric) != at || table[at].name.empty()) return false;
  }
  return true;
}
static_assert(in_order(), "the table lists the metrics in the order of the enumeration");

}  // namespace

const std::array<MetricRow, metric_count>& metric_table() {
  return table;
}

Families::Families() {
  families_.reserve(metric_count);
  for (const MetricRow& row : table) {
    families_.push_back(MetricFamily{std::string(row.name), std::string(row.help), row.type, {}});
  }
}

void Families::add(Metric metric, Labels labels, double value) {
  MetricFamily& family = families_[static_cast<std::size_t>(metric)];
  ClientMetric series;
  series.label = std::move(labels);
  (family.type == counter ? series.counter.value : series.gauge.value) = value;
  family.metric.push_back(std::move(series));
}

void Families::add(Metric metric, Labels labels, ClientMetric::Histogram value) {
  ClientMetric series;
  series.label = std::move(labels);
  series.histogram = std::move(value);
  families_[static_cast<std::size_t>(metric)].metric.push_back(std::move(series));
}

std::vector<MetricFamily> Families::take() {
  std::erase_if(families_, [](const MetricFamily& family) { return family.metric.empty(); });
  return std::move(families_);
}

}  // namespace wedged
