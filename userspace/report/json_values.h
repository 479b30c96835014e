// SPDX-License-Identifier: Apache-2.0
// Values as JSON, the same in events, lists and later in the web interface. What is unknown is null, never
// zero or "". Strings are exact where they are UTF-8; other bytes become U+FFFD. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "diagnosis/finding.h"

namespace wedged::json {

using nlohmann::ordered_json;

// Grows when a field changes its meaning or goes away, not when one is added.
inline constexpr int schema = 1;

// At most that many threads, and victims, of one finding are listed unless more are asked for;
// "threads_total" and "victims_total" have the numbers.
inline constexpr std::size_t listed_threads = 64;

[[nodiscard]] std::string time_value(WallTime at);
[[nodiscard]] ordered_json finding_value(const Finding& finding, const ClockPair& now,
                                         std::size_t listed = listed_threads);
// The fields that say which finding, and why: cause, certainty, since, how long, who, summary.
[[nodiscard]] ordered_json finding_key_value(const Finding& finding, const ClockPair& now);

// One line with its newline: valid JSON and pure ASCII, so that no terminal interprets what a process put
// into it.
[[nodiscard]] std::string line_of(const ordered_json& value);

}  // namespace wedged::json
