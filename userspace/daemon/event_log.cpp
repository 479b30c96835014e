// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_log.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace wedged {

bool takes_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(fd) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

unsigned terminal_width(int fd) {
  winsize size{};
  return isatty(fd) == 1 && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

EventLog::EventLog(EventFormat format)
    : style_{format, format == EventFormat::text && takes_colour(STDOUT_FILENO)} {}

void EventLog::write(const std::string& lines) {
  constexpr std::size_t most_waiting = std::size_t{4} << 20;
  if (waiting_.size() + lines.size() > most_waiting) {
    ++dropped_;
  } else {
    waiting_ += lines;
  }
  flush();
}

// In pieces of at most PIPE_BUF bytes, each only when poll(2) says that it will not block. A reader that is
// gone gets nothing more.
void EventLog::flush() {
  constexpr std::size_t piece = 4096;  // PIPE_BUF
  std::size_t at = 0;
  while (at < waiting_.size()) {
    pollfd ready{STDOUT_FILENO, POLLOUT, 0};
    if (poll(&ready, 1, 0) <= 0 || (ready.revents & POLLOUT) == 0) break;
    const auto count = ::write(STDOUT_FILENO, waiting_.data() + at, std::min(piece, waiting_.size() - at));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) break;
    if (count < 0) {
      ++dropped_;
      at = waiting_.size();
    } else {
      at += static_cast<std::size_t>(count);
    }
  }
  waiting_.erase(0, at);
}

void EventLog::drain(Duration at_most) {
  constexpr Duration pause = std::chrono::milliseconds(20);
  for (Duration waited{}; waited < at_most; waited += pause) {
    flush();
    if (waiting_.empty()) return;
    pollfd ready{STDOUT_FILENO, POLLOUT, 0};
    poll(&ready, 1, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(pause).count()));
  }
}

void EventLog::raised(const Finding& finding, const ClockPair& now) {
  write(render_raised(finding, now, style_));
}
void EventLog::resolved(const Finding& finding, const ClockPair& now) {
  write(render_resolved(finding, now, style_));
}
void EventLog::decided(const Decision& decision, const ClockPair& now) {
  write(render_decision(decision, now, style_));
}
void EventLog::done(const Outcome& outcome, const ClockPair& now) {
  write(render_outcome(outcome, now, style_));
}

void EventLog::suspended(const BrakeNews& news, const ClockPair& now) {
  write(render_enforcement_suspended(news, now, style_));
}

void EventLog::resumed(const LedgerState::Suspension& ended, const std::string& why, const ClockPair& now) {
  write(render_enforcement_resumed(ended, why, now, style_));
}

void EventLog::oopsed(const OopsReport& report, bool before_start, const ClockPair& now) {
  write(render_oops(report, before_start, now, style_));
}

void EventLog::notice(const std::string& name, const std::string& message, const ClockPair& now) {
  write(render_notice(name, message, now, style_));
}

}  // namespace wedged
