// SPDX-License-Identifier: Apache-2.0
// What every JSON document of the web server begins with: schema, version, when it was made, and how old the
// last scan is, and whom it looked at. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "report/published.h"

namespace wedged {

// A last scan older than this tells nothing of now: three intervals, and always at least five seconds.
[[nodiscard]] Duration stale_after(Duration scan_interval);

// Whether there was a good scan at all; `state` may be null.
[[nodiscard]] bool was_scanned(const Published* state);

namespace json {

// `state` may be null or from before the first scan: then "last_scan" is null and "stale" true.
[[nodiscard]] nlohmann::ordered_json page_head(const Published* state, const ClockPair& now);

// Three significant digits: what a chart can show, in as few bytes.
[[nodiscard]] double rounded(double value);

}  // namespace json
}  // namespace wedged
