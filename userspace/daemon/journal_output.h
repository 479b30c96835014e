// SPDX-License-Identifier: Apache-2.0
// Entries on their way to the journal. What its socket does not take waits, up to a bound; what is beyond
// that is dropped, whole entries only, and counted. Never blocks. The scan loop owns it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "daemon/journal_socket.h"

namespace wedged {

class JournalOutput {
 public:
  explicit JournalOutput(JournalSocket socket, std::size_t most_waiting_bytes = std::size_t{4} << 20)
      : socket_(std::move(socket)), most_waiting_bytes_(most_waiting_bytes) {}

  void send(std::string entry);
  void flush();
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  JournalSocket socket_;
  std::size_t most_waiting_bytes_;
  std::size_t waiting_bytes_ = 0;
  std::deque<std::string> waiting_;  // the oldest first
  std::uint64_t dropped_ = 0;
};

}  // namespace wedged
