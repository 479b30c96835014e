// SPDX-License-Identifier: Apache-2.0
// Events as text for people or as JSON lines for programs. Renders values, decides nothing.
#pragma once

#include <string>

#include "observation/kernel_voice.h"
#include "policy/decision.h"
#include "policy/ledger_state.h"
#include "report/event_kinds.h"

namespace wedged {

enum class EventFormat { text, json };

// How values become lines: format, whether the terminal takes colour, and whether a text begins with the
// time: the journal has its own.
struct EventStyle {
  EventFormat format = EventFormat::text;
  bool colour = false;
  bool timed = true;
};

// Why enforcement suspended itself.
struct BrakeNews {
  LedgerState::Suspension suspension;
  std::size_t decisions = 0;  // within the brake's window, those that were too many included; 0: not by it
  Brake brake;
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
[[nodiscard]] std::string render_enforcement_suspended(const BrakeNews& news, const ClockPair& now,
                                                       const EventStyle& style);
// `why` it goes on: a sentence for people.
[[nodiscard]] std::string render_enforcement_resumed(const LedgerState::Suspension& ended,
                                                     const std::string& why, const ClockPair& now,
                                                     const EventStyle& style);
// The kernel's own report of an oops. `before_start`: the monitor did not watch yet.
[[nodiscard]] std::string render_oops(const OopsReport& report, bool before_start, const ClockPair& now,
                                      const EventStyle& style);
// `kind` is one of those without fields of their own, `message` its sentence.
[[nodiscard]] std::string render_notice(EventKind kind, const std::string& message, const ClockPair& now,
                                        const EventStyle& style);

}  // namespace wedged
