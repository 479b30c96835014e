// SPDX-License-Identifier: Apache-2.0
#include "report/page_head.h"

#include <algorithm>
#include <cmath>

#include "report/json_task.h"
#include "report/json_values.h"

namespace wedged {

Duration stale_after(Duration scan_interval) {
  constexpr int intervals = 3;
  constexpr Duration least = std::chrono::seconds(5);
  return std::max<Duration>(intervals * scan_interval, least);
}

bool was_scanned(const Published* state) {
  return state != nullptr && state->at.monotonic != Instant{};
}

namespace json {
namespace {

ordered_json scope_value(const WatchedScope& scope) {
  if (scope.whole_host()) return nullptr;
  return {{"pids", scope.pids}, {"cgroup", known(scope.cgroup)}, {"missing", known(scope.missing)}};
}

}  // namespace

ordered_json page_head(const Published* state, const ClockPair& now) {
  ordered_json page = {{"schema", schema},
                       {"wedged", WEDGED_VERSION},
                       {"time", time_value(now.wall)},
                       {"last_scan", nullptr},
                       {"scan_interval_seconds", nullptr},
                       {"stale_after_seconds", nullptr},
                       {"stale", true},
                       {"scope", nullptr}};
  if (!was_scanned(state)) return page;
  const Duration age = std::max(now.monotonic - state->at.monotonic, Duration{});
  page["last_scan"] = {{"time", time_value(state->at.wall)},
                       {"age_seconds", seconds_of(age)},
                       {"duration_seconds", seconds_of(state->scan_duration)},
                       {"threads", state->threads_scanned}};
  page["scan_interval_seconds"] = seconds_of(state->scan_interval);
  page["stale_after_seconds"] = seconds_of(stale_after(state->scan_interval));
  page["scope"] = scope_value(state->scope);
  page["stale"] = age > stale_after(state->scan_interval);
  return page;
}

double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  constexpr double digits = 3;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::fabs(value))));
  return std::round(value * scale) / scale;
}

}  // namespace json
}  // namespace wedged
