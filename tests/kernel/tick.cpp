// SPDX-License-Identifier: Apache-2.0
#include "tick.h"

#include "diagnosis/syscall_limits.h"
#include "watch.h"

namespace wedged::test {

// Scans of a test come when it likes: with so long an interval none of them is late.
constexpr auto interval = std::chrono::hours(1);

Tick::Tick(Observer observer, const Thresholds& thresholds)
    : observer_(std::move(observer)), thresholds_(thresholds), history_(interval) {
  observer_.probes().set_limits(suspect_limits(thresholds, interval));
}

FindingChanges Tick::look() {
  last_ = scan(observer_);
  return tracker_.update(diagnose(history_.advance(last_), thresholds_), last_.taken.monotonic);
}

}  // namespace wedged::test
