// SPDX-License-Identifier: Apache-2.0
// The text form of events: a header of one line (time, severity, what), then indented lines. Only events.cpp
// calls this.
#pragma once

#include <string>

#include "report/events.h"

namespace wedged::text {

[[nodiscard]] std::string raised(const Finding& finding, const ClockPair& now, const EventStyle& style);
[[nodiscard]] std::string resolved(const Finding& finding, const ClockPair& now, const EventStyle& style);
[[nodiscard]] std::string decision(const Decision& decision, const ClockPair& now, const EventStyle& style);
[[nodiscard]] std::string outcome(const Outcome& outcome, const ClockPair& now, const EventStyle& style);
[[nodiscard]] std::string suspended(const BrakeNews& news, const ClockPair& now, const EventStyle& style);
[[nodiscard]] std::string resumed(const LedgerState::Suspension& ended, const std::string& why,
                                  const ClockPair& now, const EventStyle& style);
[[nodiscard]] std::string oops(const OopsReport& report, bool before_start, const ClockPair& now,
                               const EventStyle& style);
[[nodiscard]] std::string notice(EventKind kind, const std::string& message, const ClockPair& now,
                                 const EventStyle& style);

}  // namespace wedged::text
