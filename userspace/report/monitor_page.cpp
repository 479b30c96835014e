// SPDX-License-Identifier: Apache-2.0
#include "report/monitor_page.h"

#include "report/health.h"
#include "report/json_task.h"
#include "report/json_values.h"
#include "report/page_head.h"

namespace wedged::json {
namespace {

ordered_json programs_value(const Published& state) {
  ordered_json programs = ordered_json::array();
  for (const ProgramState& program : state.programs) {
    programs.push_back(
        {{"name", program.name}, {"attached", program.attached}, {"reason", known(program.reason)}});
  }
  return programs;
}

ordered_json inspector_value(const InspectorCounters& inspector) {
  return {{"requests", inspector.requests},
          {"replies", inspector.replies},
          {"deadlines_missed", inspector.deadlines_missed},
          {"crashes", inspector.crashes},
          {"started", inspector.started},
          {"unkillable", inspector.unkillable}};
}

ordered_json config_value(const Published& state) {
  const auto reloads = [&](bool success) {
    const auto found = state.totals.config_reloads.find(success);
    return found == state.totals.config_reloads.end() ? std::uint64_t{0} : found->second;
  };
  return {{"ok", state.config_ok},
          {"loaded", time_value(state.config_loaded)},
          {"reloads", reloads(true)},
          {"failed_reloads", reloads(false)}};
}

ordered_json suspension_value(const Published& state) {
  if (!state.suspension) return nullptr;
  return {{"since", time_value(state.at.wall_of(state.suspension->since))},
          {"reason", state.suspension->reason}};
}

ordered_json series_value(const Published& state) {
  ordered_json series = {{"times", ordered_json::array()},
                         {"longest_scan_seconds", ordered_json::array()},
                         {"cpu_share", ordered_json::array()},
                         {"threads", ordered_json::array()},
                         {"losses", ordered_json::array()}};
  if (state.monitor_series == nullptr) return series;
  for (const auto& point : *state.monitor_series) {
    series["times"].push_back(time_value(state.at.wall_of(point->at)));
    series["longest_scan_seconds"].push_back(rounded(seconds_of(point->longest_scan)));
    series["cpu_share"].push_back(rounded(seconds_of(point->cpu) / seconds_of(point->span)));
    series["threads"].push_back(point->threads);
    series["losses"].push_back(point->losses);
  }
  return series;
}

void add_state(ordered_json& page, const Published& state, const ClockPair& now) {
  page["host"] = known(state.host);
  page["started"] = time_value(state.at.wall_of(state.started));
  page["uptime_seconds"] = seconds_of(now.monotonic - state.started);
  page["scan_cpu_seconds"] = seconds_of(state.scan_cpu_time);
  page["scans"] = state.totals.scans;
  page["failed_scans"] = state.totals.failed_scans;
  page["late_scans"] = state.totals.late_scans;
  page["programs"] = programs_value(state);
  page["losses"] = state.losses;
  page["inspector"] = inspector_value(state.inspector);
  page["kernel_log_heard"] = state.log_heard;
  page["config"] = config_value(state);
  page["rungs_configured"] = state.rule_actions.size();
  page["enforcing"] = state.enforcing;
  page["suspension"] = suspension_value(state);
  page["jobs_running"] = state.jobs_running;
  page["ledger_write_errors"] = state.totals.ledger_write_errors;
  page["history_revision"] = state.story == nullptr ? 0 : state.story->revision;
  page["series"] = series_value(state);
}

}  // namespace

std::string monitor_page(const Published* state, const ClockPair& now) {
  ordered_json page = page_head(state, now);
  const Health health = health_of(state, now.monotonic);
  page["healthy"] = health.ok;
  page["reason"] = known(health.reason);
  if (was_scanned(state)) add_state(page, *state, now);
  return line_of(page);
}

}  // namespace wedged::json
