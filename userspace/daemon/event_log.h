// SPDX-License-Identifier: Apache-2.0
// Where rendered lines go: events to standard output, words about the monitor itself to standard error.
// A reader that does not read must not stop the scans: what a full pipe does not take waits, up to a bound,
// and what is beyond that is dropped, whole events only, and counted.
#pragma once

#include <cstdint>
#include <string>

#include "policy/decision.h"
#include "report/events.h"

namespace wedged {

class EventLog {
 public:
  // Finds out whether standard output is a terminal that takes colour (NO_COLOR is honoured).
  explicit EventLog(EventFormat format);

  void raised(const Finding& finding, const ClockPair& now);
  void resolved(const Finding& finding, const ClockPair& now);
  void decided(const Decision& decision, const ClockPair& now);
  void done(const Outcome& outcome, const ClockPair& now);
  void suspended(const BrakeNews& news, const ClockPair& now);
  void resumed(const LedgerState::Suspension& ended, const std::string& why, const ClockPair& now);
  void oopsed(const OopsReport& report, bool before_start, const ClockPair& now);
  void notice(const std::string& name, const std::string& message, const ClockPair& now);

  [[nodiscard]] const EventStyle& style() const { return style_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  // Writes what waits, as far as the reader takes it; to be called now and then. Never blocks.
  void flush();
  // The same for the end: gives the reader this long.
  void drain(Duration at_most);

 private:
  void write(const std::string& lines);

  EventStyle style_;
  std::uint64_t dropped_ = 0;
  std::string waiting_;  // not written yet; may begin within an event
};

// Whether escape sequences may be printed to this descriptor.
[[nodiscard]] bool takes_colour(int fd);
// Columns of the terminal behind it; 0 if it is none.
[[nodiscard]] unsigned terminal_width(int fd);

}  // namespace wedged
