// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_log.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <utility>

namespace wedged {

bool takes_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

unsigned terminal_width(int fd) {
  winsize size{};
  return isatty(fd) == 1 && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

EventLog::EventLog(EventFormat format, std::optional<JournalOutput> journal)
    : style_{format, format == EventFormat::text && !journal && takes_colour(STDOUT_FILENO), !journal},
      journal_(std::move(journal)) {}

std::optional<JournalOutput> EventLog::journal_of_stdout() {
  if (!is_journal_stream(STDOUT_FILENO)) return std::nullopt;
  return JournalOutput(JournalSocket{});
}

void EventLog::tell(const JournalFields& fields, const Render& render) {
  if (!journal_) return lines_.write(render(style_));
  journal_->send(journal_entry(fields, render(style_), render({EventFormat::json})));
}

void EventLog::complain(const std::string& lines) {
  words_.write(lines);
}

void EventLog::flush() {
  if (journal_) journal_->flush();
  lines_.flush();
  words_.flush();
}

std::optional<std::chrono::milliseconds> EventLog::flush_within() const {
  if (all_written()) return std::nullopt;
  return std::chrono::milliseconds(50);
}

void EventLog::drain(Duration at_most) {
  constexpr Duration pause = std::chrono::milliseconds(20);
  for (Duration waited{}; waited < at_most; waited += pause) {
    flush();
    if (all_written()) return;
    std::this_thread::sleep_for(pause);
  }
}

void EventLog::raised(const Finding& finding, const ClockPair& now) {
  tell(fields_of_raised(finding),
       [&](const EventStyle& style) { return render_raised(finding, now, style); });
}

void EventLog::resolved(const Finding& finding, const ClockPair& now) {
  tell(fields_of_resolved(finding),
       [&](const EventStyle& style) { return render_resolved(finding, now, style); });
}

void EventLog::decided(const Decision& decision, const ClockPair& now) {
  tell(fields_of_decision(decision),
       [&](const EventStyle& style) { return render_decision(decision, now, style); });
}

void EventLog::done(const Outcome& outcome, const ClockPair& now) {
  tell(fields_of_outcome(outcome),
       [&](const EventStyle& style) { return render_outcome(outcome, now, style); });
}

void EventLog::suspended(const BrakeNews& news, const ClockPair& now) {
  tell(fields_of_notice(EventKind::enforcement_suspended),
       [&](const EventStyle& style) { return render_enforcement_suspended(news, now, style); });
}

void EventLog::resumed(const LedgerState::Suspension& ended, const std::string& why, const ClockPair& now) {
  tell(fields_of_notice(EventKind::enforcement_resumed),
       [&](const EventStyle& style) { return render_enforcement_resumed(ended, why, now, style); });
}

void EventLog::oopsed(const OopsReport& report, bool before_start, const ClockPair& now) {
  tell(fields_of_oops(report),
       [&](const EventStyle& style) { return render_oops(report, before_start, now, style); });
}

void EventLog::notice(EventKind kind, const std::string& message, const ClockPair& now) {
  tell(fields_of_notice(kind),
       [&](const EventStyle& style) { return render_notice(kind, message, now, style); });
}

}  // namespace wedged
