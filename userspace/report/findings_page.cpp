// SPDX-License-Identifier: Apache-2.0
#include "report/findings_page.h"

#include <algorithm>

#include "report/json_values.h"

namespace wedged {

Duration stale_after(Duration scan_interval) {
  constexpr int intervals = 3;
  constexpr Duration least = std::chrono::seconds(5);
  return std::max<Duration>(intervals * scan_interval, least);
}

namespace json {
namespace {

ordered_json page_head(const ClockPair& now) {
  return {{"schema", schema},
          {"wedged", WEDGED_VERSION},
          {"time", time_value(now.wall)},
          {"last_scan", nullptr},
          {"scan_interval_seconds", nullptr},
          {"stale_after_seconds", nullptr},
          {"stale", true},
          {"enforcing", nullptr},
          {"findings", ordered_json::array()}};
}

}  // namespace

std::string findings_page(const Published* state, const ClockPair& now) {
  ordered_json page = page_head(now);
  if (state == nullptr || state->at.monotonic == Instant{}) return line_of(page);
  const Duration age = std::max(now.monotonic - state->at.monotonic, Duration{});
  page["last_scan"] = {{"time", time_value(state->at.wall)},
                       {"age_seconds", seconds_of(age)},
                       {"duration_seconds", seconds_of(state->scan_duration)},
                       {"threads", state->threads_scanned}};
  page["scan_interval_seconds"] = seconds_of(state->scan_interval);
  page["stale_after_seconds"] = seconds_of(stale_after(state->scan_interval));
  page["stale"] = age > stale_after(state->scan_interval);
  page["enforcing"] = state->enforcing;
  for (const Finding& finding : state->open)
    page["findings"].push_back(finding_value(finding, state->at, listed_on_page));
  return line_of(page);
}

}  // namespace json
}  // namespace wedged
