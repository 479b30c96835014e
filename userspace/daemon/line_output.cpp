// SPDX-License-Identifier: Apache-2.0
#include "daemon/line_output.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace wedged {
namespace {

// A terminal opened anew, so as not to block: O_NONBLOCK on the descriptor that was inherited would hold for
// the shell and everybody else who has it.
Fd terminal_behind(int fd) {
  std::array<char, PATH_MAX> path{};
  if (isatty(fd) != 1 || ttyname_r(fd, path.data(), path.size()) != 0) return {};
  return Fd(open(path.data(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

LineOutput::LineOutput(int fd, std::size_t most_waiting_bytes)
    : fd_(fd), terminal_(terminal_behind(fd)), most_waiting_bytes_(most_waiting_bytes) {
  if (terminal_.valid()) fd_ = terminal_.get();
}

void LineOutput::write(const std::string& lines) {
  if (waiting_.size() + lines.size() > most_waiting_bytes_) {
    ++dropped_;
  } else {
    waiting_ += lines;
  }
  flush();
}

// In pieces of at most PIPE_BUF bytes, each only when poll(2) says that there is room: of a pipe it says so
// when a whole piece will not block. Of a terminal already when there is room for a byte, and n_tty_write()
// sleeps until the reader has made room for the rest. A reader that is gone is no reason to wait, but one for
// the write to fail, and gets nothing more.
void LineOutput::flush() {
  std::size_t at = 0;
  while (at < waiting_.size()) {
    pollfd ready{fd_, POLLOUT, 0};
    if (poll(&ready, 1, 0) <= 0) break;
    const auto piece = std::min(std::size_t{PIPE_BUF}, waiting_.size() - at);
    const auto count = ::write(fd_, waiting_.data() + at, piece);
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

}  // namespace wedged
