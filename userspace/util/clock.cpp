// SPDX-License-Identifier: Apache-2.0
#include "util/clock.h"

namespace wedged {

ClockPair SystemClock::now() const {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

}  // namespace wedged
