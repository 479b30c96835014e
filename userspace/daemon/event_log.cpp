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

// In pieces of at most PIPE_BUF bytes, each only when poll(2) says that it will not block. A reader that has
// fallen behind loses whole events; one that falls behind within an event gets a moment, then the event is
// torn and the next one begins on a new line.
void EventLog::write(const std::string& lines) {
  constexpr std::size_t piece = 4096;  // PIPE_BUF
  constexpr int moment_ms = 100;
  const std::string whole = torn_ ? "\n" + lines : lines;
  for (std::size_t at = 0; at < whole.size();) {
    pollfd ready{STDOUT_FILENO, POLLOUT, 0};
    const bool takes = poll(&ready, 1, at == 0 ? 0 : moment_ms) > 0 && (ready.revents & POLLOUT) != 0;
    const auto count =
        takes ? ::write(STDOUT_FILENO, whole.data() + at, std::min(piece, whole.size() - at)) : -1;
    if (!takes || (count < 0 && errno != EINTR && errno != EAGAIN)) {
      ++dropped_;
      torn_ = torn_ || at > 0;
      return;
    }
    if (count > 0) at += static_cast<std::size_t>(count);
  }
  torn_ = false;
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

void EventLog::notice(const std::string& name, const std::string& message, const ClockPair& now) {
  write(render_notice(name, message, now, style_));
}

}  // namespace wedged
