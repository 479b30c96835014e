// SPDX-License-Identifier: Apache-2.0
// Lines on their way to a pipe or terminal, standard output as a rule. What its reader does not take waits,
// up to a bound; what is beyond that is dropped, whole events only, and counted. What a full disk has cut off
// ends in a line of its own. Never blocks, but for a file on a disk that hangs. The scan loop owns it.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "util/fd.h"

namespace wedged {

class LineOutput {
 public:
  // The descriptor outlives it.
  explicit LineOutput(int fd = STDOUT_FILENO, std::size_t most_waiting_bytes = std::size_t{4} << 20);

  // One event, of whole lines.
  void write(std::string event);
  void flush();
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  enum class Put { some, nothing_now, never };
  // Some of the text, at `written` bytes; adds to them.
  [[nodiscard]] Put put(std::string_view text, std::size_t& written) const;
  void give_up();

  int fd_;
  Fd terminal_;  // invalid if it is none, or cannot be opened
  std::size_t most_waiting_bytes_;
  std::deque<std::string> waiting_;  // events that are not written, or not to their end
  std::size_t waiting_bytes_ = 0;
  std::size_t written_ = 0;  // of the first one
  bool torn_ = false;        // what was written last was cut off within a line
  std::uint64_t dropped_ = 0;
};

}  // namespace wedged
