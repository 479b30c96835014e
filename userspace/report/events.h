// SPDX-License-Identifier: Apache-2.0
// Events as text for people or as JSON lines for programs. Renders values, decides nothing.
#pragma once

#include <string>

#include "policy/decision.h"

namespace wedged {

enum class EventFormat { text, json };

// How values become lines: format, whether the terminal takes colour, and the clocks to show times with.
struct EventStyle {
  EventFormat format = EventFormat::text;
  bool colour = false;
};

// Each returns whole lines, the last newline included.
[[nodiscard]] std::string render_raised(const Finding& finding, const ClockPair& now,
                                        const EventStyle& style);
[[nodiscard]] std::string render_resolved(const Finding& finding, const ClockPair& now,
                                          const EventStyle& style);
[[nodiscard]] std::string render_decision(const Decision& decision, const ClockPair& now,
                                          const EventStyle& style);
[[nodiscard]] std::string render_outcome(const Outcome& outcome, const ClockPair& now,
                                         const EventStyle& style);
// `name` is the event ("started", "reloaded", "stopping", "scan_late"), `message` its sentence.
[[nodiscard]] std::string render_notice(const std::string& name, const std::string& message,
                                        const ClockPair& now, const EventStyle& style);

}  // namespace wedged
