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

void LineOutput::write(std::string event) {
  if (waiting_bytes_ + event.size() > most_waiting_bytes_) {
    ++dropped_;
  } else {
    waiting_bytes_ += event.size();
    waiting_.push_back(std::move(event));
  }
  flush();
}

void LineOutput::flush() {
  while (!waiting_.empty()) {
    std::size_t mended = 0;
    auto done = torn_ ? put("\n", mended) : put(waiting_.front(), written_);
    if (done == Put::nothing_now) return;
    if (done == Put::never) return give_up();
    if (mended > 0) torn_ = false;
    if (written_ < waiting_.front().size()) continue;
    waiting_bytes_ -= waiting_.front().size();
    waiting_.pop_front();
    written_ = 0;
  }
}

// In pieces of at most PIPE_BUF bytes, each only when poll(2) says that there is room: of a pipe it says so
// when a whole piece will not block. Of a terminal already when there is room for a byte, and n_tty_write()
// sleeps until the reader has made room for the rest. A reader that is gone is no reason to wait, but one for
// the write to fail, and gets nothing more.
LineOutput::Put LineOutput::put(std::string_view text, std::size_t& written) const {
  pollfd ready{fd_, POLLOUT, 0};
  if (poll(&ready, 1, 0) <= 0) return Put::nothing_now;
  const auto count =
      ::write(fd_, text.data() + written, std::min(std::size_t{PIPE_BUF}, text.size() - written));
  if (count < 0) return errno == EINTR || errno == EAGAIN ? Put::nothing_now : Put::never;
  written += static_cast<std::size_t>(count);
  return Put::some;
}

void LineOutput::give_up() {
  torn_ = torn_ || written_ > 0;
  dropped_ += waiting_.size();
  waiting_.clear();
  waiting_bytes_ = written_ = 0;
}

}  // namespace wedged
