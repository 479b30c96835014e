// SPDX-License-Identifier: Apache-2.0
// Lines on their way to a pipe or terminal, standard output as a rule. What its reader does not take waits,
// up to a bound; what is beyond that is dropped, whole events only, and counted. Never blocks, but for a file
// on a disk that hangs. The scan loop owns it.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "util/fd.h"

namespace wedged {

class LineOutput {
 public:
  // The descriptor outlives it.
  explicit LineOutput(int fd = STDOUT_FILENO, std::size_t most_waiting_bytes = std::size_t{4} << 20);

  void write(const std::string& lines);
  void flush();
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  int fd_;
  Fd terminal_;  // invalid if it is none, or cannot be opened
  std::size_t most_waiting_bytes_;
  std::string waiting_;  // not written yet; may begin within an event
  std::uint64_t dropped_ = 0;
};

}  // namespace wedged
