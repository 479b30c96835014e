// SPDX-License-Identifier: Apache-2.0
// How single values look to people and programs: durations, times, states, calls, who. Pure; every string
// that came from another process is escaped here, so what these return may go to a terminal as it is.
#pragma once

#include <string>
#include <string_view>

#include "observation/task.h"
#include "report/events.h"
#include "util/clock.h"

namespace wedged {

// "350 ms", "12.3 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". Never rounded up; negative shows as "0 ms".
[[nodiscard]] std::string duration_text(Duration duration);

// RFC 3339 in UTC with milliseconds: "2024-05-01T03:12:45.123Z".
[[nodiscard]] std::string time_text(WallTime at);

[[nodiscard]] std::string_view state_name(RunState state);  // as in JSON: "uninterruptible"
[[nodiscard]] char letter_of(RunState state);               // as ps shows it; '?' if unknown
[[nodiscard]] std::string state_text(RunState state);       // "D (killable: a fatal signal ends it)"

// "fsync"; "call 4711" where the number has no name; "32-bit call 6" where it is of the other interface.
[[nodiscard]] std::string call_name(const SystemCall& call);

[[nodiscard]] std::string process_text(const Task& task);  // "postgres[1234]"
[[nodiscard]] std::string thread_text(const Task& task);   // "walwriter[1250]"

enum class Colour { none, red, green, yellow, dim, bold };

// The text in that colour if the style takes colour, else as it is.
[[nodiscard]] std::string painted(std::string_view text, Colour colour, const EventStyle& style);

// Filled with spaces up to `columns`.
[[nodiscard]] std::string padded(std::string_view printable_text, std::size_t columns);

}  // namespace wedged
