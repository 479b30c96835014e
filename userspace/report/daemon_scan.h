// SPDX-License-Identifier: Apache-2.0
// The last scan of a daemon that was asked, as its pages tell of it, and whether that still tells what is.
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "observation/watched_scope.h"
#include "util/clock.h"

namespace wedged {

struct DaemonScan {
  std::optional<Duration> age;  // absent: there was none yet
  Duration stale_after{};       // an older one tells nothing
  std::size_t threads = 0;      // looked at
  std::size_t untold = 0;       // findings that are too many to tell
  WatchedScope scope{};         // whom it looks at
};

// Why it tells nothing of now, as a sentence; empty if it does.
[[nodiscard]] std::string why_outdated(const DaemonScan& scan);

}  // namespace wedged
