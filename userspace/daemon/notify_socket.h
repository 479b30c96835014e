// SPDX-License-Identifier: Apache-2.0
// The socket on which a service manager hears its services (sd_notify(3)), without ever waiting for it. The
// library's sd_notify sleeps while the socket's queue is full, so it stops for as long as PID 1 does, for
// which a monitor of hangs must not stop. The scan loop owns it.
#pragma once

#include <string>

#include "util/fd.h"

namespace wedged {

class NotifySocket {
 public:
  // A path, or a name in the abstract namespace behind '@': as $NOTIFY_SOCKET has it.
  explicit NotifySocket(std::string address);
  // Of $NOTIFY_SOCKET; without it nobody listens.
  [[nodiscard]] static NotifySocket of_environment();

  // One datagram. False if it was not taken now: its queue is full, or it is not there. Nothing is sent where
  // nobody asked to be told: not within a service, or by an address of another kind.
  [[nodiscard]] bool send(const std::string& assignments) const;

 private:
  std::string address_;
  Fd socket_;
};

}  // namespace wedged
