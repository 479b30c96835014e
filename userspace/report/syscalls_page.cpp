// SPDX-License-Identifier: Apache-2.0
// In columns: one array of times, and per call arrays of the same length. A point in which a call was not
// made has null latencies.
#include "report/syscalls_page.h"

#include <algorithm>
#include <array>
#include <map>

#include "diagnosis/syscall_limits.h"
#include "observation/syscall_names.h"
#include "report/json_values.h"
#include "report/page_head.h"
#include "report/series_memory.h"

namespace wedged::json {
namespace {

using Points = Series<SyscallPoint>;

// All points of one call; null where it was not made.
struct CallSeries {
  std::string name;
  bool waits = false;
  double busy = 0;  // seconds over all points
  std::vector<const CallFigures*> figures;
};

std::string name_of_call(const CallFigures& call) {
  if (call.compat) return "compat";
  const std::string_view name = syscall_name(call.number);
  return name.empty() ? "other" : std::string(name);
}

std::vector<CallSeries> series_of(const Points& points) {
  std::map<std::string, CallSeries> by_name;
  for (std::size_t at = 0; at < points.size(); ++at) {
    for (const CallFigures& call : points[at]->calls) {
      CallSeries& series = by_name[name_of_call(call)];
      series.figures.resize(points.size(), nullptr);
      series.figures[at] = &call;
      series.busy += double{call.busy} * seconds_of(points[at]->span);
    }
  }
  std::vector<CallSeries> all;
  for (auto& [name, series] : by_name) {
    series.name = name;
    series.waits = made_to_wait(name);
    all.push_back(std::move(series));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const CallSeries& left, const CallSeries& right) { return left.busy > right.busy; });
  return all;
}

ordered_json column(const CallSeries& series, float CallFigures::*figure, bool null_if_not_made) {
  ordered_json values = ordered_json::array();
  for (const CallFigures* call : series.figures) {
    if (call == nullptr && null_if_not_made)
      values.push_back(nullptr);
    else
      values.push_back(call == nullptr ? 0.0 : rounded(double{call->*figure}));
  }
  return values;
}

ordered_json series_value(const CallSeries& series) {
  return {{"syscall", series.name},
          {"made_to_wait", series.waits},
          {"total_seconds", rounded(series.busy)},
          {"calls_per_second", column(series, &CallFigures::calls, false)},
          {"errors_per_second", column(series, &CallFigures::errors, false)},
          {"p50_seconds", column(series, &CallFigures::p50, true)},
          {"p99_seconds", column(series, &CallFigures::p99, true)}};
}

void add_series(ordered_json& page, const Published& state) {
  const Points& points = *state.syscall_series;
  for (const auto& point : points) page["times"].push_back(time_value(state.at.wall_of(point->at)));
  std::array<std::size_t, 2> listed{};
  for (const CallSeries& series : series_of(points)) {
    if (listed.at(series.waits ? 1 : 0)++ < most_calls_of_a_kind)
      page["syscalls"].push_back(series_value(series));
  }
}

}  // namespace

std::string syscalls_page(const Published* state, const ClockPair& now) {
  ordered_json page = page_head(state, now);
  page["spacing_seconds"] = seconds_of(SeriesMemory::spacing);
  page["most_points"] = SeriesMemory::most_points;
  page["times"] = ordered_json::array();
  page["syscalls"] = ordered_json::array();
  if (was_scanned(state) && state->syscall_series != nullptr) add_series(page, *state);
  return line_of(page);
}

}  // namespace wedged::json
