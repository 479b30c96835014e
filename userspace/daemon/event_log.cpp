// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_log.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

// Writes in pieces of at most PIPE_BUF bytes, each only when poll(2) says that it will not block; a started
// event is finished or the loss is counted, and the next one begins on a new line.
void EventLog::write(const std::string& lines) {
  constexpr std::size_t piece = 4096;  // PIPE_BUF
  for (std::size_t at = 0; at < lines.size();) {
    pollfd ready{STDOUT_FILENO, POLLOUT, 0};
    const int answer = poll(&ready, 1, 100);
    if (answer <= 0 || (ready.revents & POLLOUT) == 0) {
      ++dropped_;
      return;
    }
    const auto count = ::write(STDOUT_FILENO, lines.data() + at, std::min(piece, lines.size() - at));
    if (count < 0 && errno != EINTR && errno != EAGAIN) {
      ++dropped_;
      return;
    }
    if (count > 0) at += static_cast<std::size_t>(count);
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

void EventLog::notice(const std::string& name, const std::string& message, const ClockPair& now) {
  write(render_notice(name, message, now, style_));
}

}  // namespace wedged
