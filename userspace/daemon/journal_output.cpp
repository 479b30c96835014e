// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal_output.h"

#include <utility>

namespace wedged {

void JournalOutput::send(std::string entry) {
  if (waiting_bytes_ + entry.size() > most_waiting_bytes_) {
    ++dropped_;
  } else {
    waiting_bytes_ += entry.size();
    waiting_.push_back(std::move(entry));
  }
  flush();
}

void JournalOutput::flush() {
  while (!waiting_.empty()) {
    const auto sent = socket_.send(waiting_.front());
    if (sent == JournalSocket::Sent::busy) return;
    if (sent == JournalSocket::Sent::refused) ++dropped_;
    waiting_bytes_ -= waiting_.front().size();
    waiting_.pop_front();
  }
}

}  // namespace wedged
