// SPDX-License-Identifier: Apache-2.0
// Tick: what the daemon does at each scan, up to the findings.
#pragma once

#include "diagnosis/diagnose.h"
#include "diagnosis/tracker.h"
#include "kernel/observer.h"

namespace wedged::test {

class Tick {
 public:
  Tick(Observer observer, const Thresholds& thresholds);

  FindingChanges look();  // scans once
  void set_thresholds(const Thresholds& thresholds) { thresholds_ = thresholds; }
  [[nodiscard]] Observer& observer() { return observer_; }
  [[nodiscard]] const Snapshot& last() const { return last_; }

 private:
  Observer observer_;
  Thresholds thresholds_;
  History history_;
  Tracker tracker_;
  Snapshot last_;
};

}  // namespace wedged::test
