// SPDX-License-Identifier: Apache-2.0
// The socket of systemd's journal, without ever waiting for it. sd_journal_sendv(3) sleeps while the socket's
// queue is full, so it stops for as long as journald does, for which a monitor of hangs must not stop. The
// scan loop owns it.
#pragma once

#include <string>

#include "util/fd.h"

namespace wedged {

class JournalSocket {
 public:
  enum class Sent {
    taken,
    busy,     // its queue is full, or nobody listens now: to be tried again
    refused,  // this entry will never be taken
  };

  explicit JournalSocket(std::string path = "/run/systemd/journal/socket");

  // One entry in the journal's native protocol, whole or not at all.
  [[nodiscard]] Sent send(const std::string& entry) const;

 private:
  std::string path_;
  Fd socket_;
};

// Whether what is written to this descriptor goes to the journal: $JOURNAL_STREAM, systemd.exec(5), names its
// device and inode.
[[nodiscard]] bool is_journal_stream(int fd);

}  // namespace wedged
