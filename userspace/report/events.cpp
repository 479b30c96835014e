// SPDX-License-Identifier: Apache-2.0
// Picks the form; the forms themselves are in events_text.cpp and events_json.cpp.
#include "report/events.h"

#include "report/events_json.h"
#include "report/events_text.h"

namespace wedged {

std::string render_raised(const Finding& finding, const ClockPair& now, const EventStyle& style) {
  return style.format == EventFormat::json ? json::raised(finding, now) : text::raised(finding, now, style);
}

std::string render_resolved(const Finding& finding, const ClockPair& now, const EventStyle& style) {
  return style.format == EventFormat::json ? json::resolved(finding, now)
                                           : text::resolved(finding, now, style);
}

std::string render_decision(const Decision& decision, const ClockPair& now, const EventStyle& style) {
  return style.format == EventFormat::json ? json::decision(decision, now)
                                           : text::decision(decision, now, style);
}

std::string render_outcome(const Outcome& outcome, const ClockPair& now, const EventStyle& style) {
  return style.format == EventFormat::json ? json::outcome(outcome, now) : text::outcome(outcome, now, style);
}

std::string render_enforcement_suspended(const BrakeNews& news, const ClockPair& now,
                                         const EventStyle& style) {
  return style.format == EventFormat::json ? json::suspended(news, now) : text::suspended(news, now, style);
}

std::string render_enforcement_resumed(const LedgerState::Suspension& ended, const std::string& why,
                                       const ClockPair& now, const EventStyle& style) {
  return style.format == EventFormat::json ? json::resumed(ended, why, now)
                                           : text::resumed(ended, why, now, style);
}

std::string render_oops(const OopsReport& report, bool before_start, const ClockPair& now,
                        const EventStyle& style) {
  return style.format == EventFormat::json ? json::oops(report, before_start, now)
                                           : text::oops(report, before_start, now, style);
}

std::string render_notice(EventKind kind, const std::string& message, const ClockPair& now,
                          const EventStyle& style) {
  return style.format == EventFormat::json ? json::notice(kind, message, now)
                                           : text::notice(kind, message, now, style);
}

}  // namespace wedged
