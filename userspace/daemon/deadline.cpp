// SPDX-License-Identifier: Apache-2.0
#include "daemon/deadline.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace wedged {

Duration Deadline::left() const {
  return std::max(Duration{}, std::chrono::duration_cast<Duration>(end_ - std::chrono::steady_clock::now()));
}

Status Deadline::wait(int descriptor, short events) const {
  while (true) {
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left()).count();
    if (ms <= 0) return Error{ErrorKind::system, "no answer in time"};
    pollfd waiting{descriptor, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(ms));
    if (ready > 0) return Nothing{};
    if (ready < 0 && errno != EINTR) return system_error(errno, "poll");
  }
}

}  // namespace wedged
