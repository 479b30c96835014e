// SPDX-License-Identifier: Apache-2.0
// Durations as people write them: a whole number and one unit, "500ms", "10s", "2m", "1h".
#pragma once

#include <string>

#include "util/clock.h"
#include "util/result.h"

namespace wedged {

struct DurationRange {
  Duration least{};
  Duration greatest{};
};

inline constexpr DurationRange scan_interval_range{std::chrono::milliseconds(100), std::chrono::hours(1)};

// Kind `malformed`; the message is a predicate: "must be a number and a unit, ...".
[[nodiscard]] Result<Duration> parse_duration(const std::string& text, const DurationRange& range);

// The greatest unit that needs no fraction. Parts of a millisecond are cut off: no text has them.
[[nodiscard]] std::string duration_as_written(Duration duration);

}  // namespace wedged
