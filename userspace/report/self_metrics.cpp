// SPDX-License-Identifier: Apache-2.0
#include "report/metric_groups.h"

namespace wedged {
namespace {

double unix_seconds(WallTime at) {
  return seconds_of(at.time_since_epoch());
}

void add_scans(Families& families, const Published& state) {
  families.add(Metric::scans, {}, number_of(state.totals.scans));
  families.add(Metric::scan_failures, {}, number_of(state.totals.failed_scans));
  families.add(Metric::scans_late, {}, number_of(state.totals.late_scans));
  families.add(Metric::discounted_seconds, {}, seconds_of(state.totals.discounted));
  families.add(Metric::scan_interval, {}, seconds_of(state.scan_interval));
  families.add(Metric::last_scan_timestamp, {}, unix_seconds(state.at.wall));
  families.add(Metric::last_scan_duration, {}, seconds_of(state.scan_duration));
  families.add(Metric::last_scan_cpu, {}, seconds_of(state.scan_cpu_time));
  families.add(Metric::threads_scanned, {}, number_of(state.threads_scanned));
  families.add(Metric::scope_missing, {}, state.scope.missing.empty() ? 0.0 : 1.0);
}

void add_observation(Families& families, const Published& state) {
  for (const ProgramState& program : state.programs) {
    families.add(Metric::program_attached, {label("program", program.name)}, program.attached ? 1.0 : 0.0);
  }
  for (const auto& [reason, count] : state.losses) {
    families.add(Metric::observation_losses, {label("reason", reason)}, number_of(count));
  }
}

void add_inspector(Families& families, const InspectorCounters& inspector) {
  families.add(Metric::inspector_requests, {}, number_of(inspector.requests));
  families.add(Metric::inspector_deadlines_missed, {}, number_of(inspector.deadlines_missed));
  families.add(Metric::inspector_crashes, {}, number_of(inspector.crashes));
  families.add(Metric::inspector_unkillable, {}, number_of(inspector.unkillable));
}

void add_config(Families& families, const Published& state) {
  for (const bool success : {true, false}) {
    const auto found = state.totals.config_reloads.find(success);
    const std::uint64_t count = found == state.totals.config_reloads.end() ? 0 : found->second;
    families.add(Metric::config_reloads, {label("result", success ? "success" : "failure")},
                 number_of(count));
  }
  families.add(Metric::config_last_reload_successful, {}, state.config_ok ? 1.0 : 0.0);
  families.add(Metric::config_last_reload_timestamp, {}, unix_seconds(state.config_loaded));
}

// Named as Prometheus's client libraries name them, so that what is made for these shows the monitor, too.
void add_process(Families& families, const OwnProcess& own) {
  families.add(Metric::process_cpu, {}, seconds_of(own.cpu_time));
  families.add(Metric::process_resident, {}, number_of(own.resident_bytes));
  families.add(Metric::process_virtual, {}, number_of(own.virtual_bytes));
  families.add(Metric::process_open_fds, {}, number_of(own.open_descriptors));
  families.add(Metric::process_max_fds, {}, number_of(own.most_descriptors));
  families.add(Metric::process_start, {}, unix_seconds(own.started));
}

}  // namespace

void add_self_metrics(Families& families, const Published& state) {
  add_scans(families, state);
  add_observation(families, state);
  add_inspector(families, state.inspector);
  add_config(families, state);
  families.add(Metric::build_info, {label("version", WEDGED_VERSION)}, 1.0);
  if (state.own_process) add_process(families, *state.own_process);
}

}  // namespace wedged
