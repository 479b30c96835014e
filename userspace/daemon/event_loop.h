// SPDX-License-Identifier: Apache-2.0
// The loop's senses: a timer and the signals it answers, both as descriptors. Blocks the signals for the
// whole process, so it is made before any thread is.
#pragma once

#include <chrono>
#include <optional>

#include "util/clock.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {

struct Wakeup {
  bool scan_due = false;
  bool reload = false;   // SIGHUP
  bool stop = false;     // SIGTERM, SIGINT
  bool answers = false;  // the descriptor given to wait() is readable
};

class EventLoop {
 public:
  [[nodiscard]] static Result<EventLoop> open(Duration interval);

  // Waits for the next scan or signal, or for this descriptor (-1: none), at most so long. If several scans
  // are due, one is reported.
  [[nodiscard]] Result<Wakeup> wait(int answers = -1,
                                    std::optional<std::chrono::milliseconds> at_most = std::nullopt);
  [[nodiscard]] Status set_interval(Duration interval);

 private:
  EventLoop() = default;
  void read_signals(Wakeup& wakeup) const;

  Fd timer_;
  Fd signals_;
};

}  // namespace wedged
