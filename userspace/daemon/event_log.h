// SPDX-License-Identifier: Apache-2.0
// Where events go: to the journal, entry by entry, if standard output is it; else to standard output as
// lines. Never to both. Words about the monitor itself go to standard error. A reader that does not read must
// not stop the scans: what it does not take waits, up to a bound, and what is beyond that is dropped, whole
// events only, and counted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "daemon/journal_output.h"
#include "daemon/line_output.h"
#include "policy/decision.h"
#include "report/events.h"
#include "report/journal_fields.h"

namespace wedged {

class EventLog {
 public:
  // Finds out whether standard output is a terminal that takes colour (NO_COLOR is honoured). In the journal
  // `format` is that of MESSAGE; the fields are always there.
  explicit EventLog(EventFormat format, std::optional<JournalOutput> journal = journal_of_stdout());

  void raised(const Finding& finding, const ClockPair& now);
  void resolved(const Finding& finding, const ClockPair& now);
  void decided(const Decision& decision, const ClockPair& now);
  void done(const Outcome& outcome, const ClockPair& now);
  void suspended(const BrakeNews& news, const ClockPair& now);
  void resumed(const LedgerState::Suspension& ended, const std::string& why, const ClockPair& now);
  void oopsed(const OopsReport& report, bool before_start, const ClockPair& now);
  void notice(EventKind kind, const std::string& message, const ClockPair& now);
  // Words about the monitor itself; each line begins as it is to be read.
  void complain(const std::string& lines);

  [[nodiscard]] const EventStyle& style() const { return style_; }
  [[nodiscard]] std::uint64_t dropped() const { return journal_ ? journal_->dropped() : lines_.dropped(); }
  // Writes what waits, as far as the reader takes it. Never blocks.
  void flush();
  // When to do that again at the latest; absent if nothing waits. A time and not poll(2): a terminal may have
  // room for a byte and not take the next one, which would turn the loop at once, over and over.
  [[nodiscard]] std::optional<std::chrono::milliseconds> flush_within() const;
  // The same for the end: gives the reader this long.
  void drain(Duration at_most);

  // Absent if it is not the journal.
  [[nodiscard]] static std::optional<JournalOutput> journal_of_stdout();

 private:
  using Render = std::function<std::string(const EventStyle&)>;

  void tell(const JournalFields& fields, const Render& render);
  [[nodiscard]] bool all_written() const { return journal_ ? journal_->empty() : lines_.empty(); }

  EventStyle style_;
  std::optional<JournalOutput> journal_;
  LineOutput lines_;
  LineOutput words_{STDERR_FILENO, std::size_t{256} << 10};
};

// Whether escape sequences may be printed to this descriptor.
[[nodiscard]] bool takes_colour(int fd);
// Columns of the terminal behind it; 0 if it is none.
[[nodiscard]] unsigned terminal_width(int fd);

}  // namespace wedged
