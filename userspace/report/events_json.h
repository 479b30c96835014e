// SPDX-License-Identifier: Apache-2.0
// Events as JSON, one object a line: {"event": name, "time": ..., "schema": 1, ...}. Findings carry their
// fields at the top level, decisions and outcomes carry the same ones under "finding". Only events.cpp calls
// this.
#pragma once

#include <string>

#include "report/events.h"

namespace wedged::json {

[[nodiscard]] std::string raised(const Finding& finding, const ClockPair& now);
[[nodiscard]] std::string resolved(const Finding& finding, const ClockPair& now);
[[nodiscard]] std::string decision(const Decision& decision, const ClockPair& now);
[[nodiscard]] std::string outcome(const Outcome& outcome, const ClockPair& now);
[[nodiscard]] std::string suspended(const BrakeNews& news, const ClockPair& now);
[[nodiscard]] std::string resumed(const LedgerState::Suspension& ended, const std::string& why,
                                  const ClockPair& now);
[[nodiscard]] std::string oops(const OopsReport& report, bool before_start, const ClockPair& now);
[[nodiscard]] std::string notice(EventKind kind, const std::string& message, const ClockPair& now);

}  // namespace wedged::json
