// SPDX-License-Identifier: Apache-2.0
// Two samples of one task, a scan interval apart, as diagnose() gets them.
#pragma once

#include "diagnosis/diagnose.h"
#include "support/builders.h"

namespace wedged::test {

inline Snapshot snapshot_of(std::vector<Task> suspects, Duration offset) {
  Snapshot snapshot;
  snapshot.taken = {test_now + offset, WallTime{}};
  snapshot.suspects = std::move(suspects);
  std::sort(snapshot.suspects.begin(), snapshot.suspects.end(),
            [](const Task& a, const Task& b) { return a.id < b.id; });
  return snapshot;
}

// What is found at test_now, when the sample one second before was `before`.
inline std::vector<Finding> found(std::vector<Task> before, std::vector<Task> now,
                                  const Thresholds& thresholds = {}) {
  History history{std::chrono::seconds(1)};
  (void)history.advance(snapshot_of(std::move(before), -std::chrono::seconds(1)));
  return diagnose(history.advance(snapshot_of(std::move(now), {})), thresholds);
}

inline std::vector<Finding> found_unchanged(const Task& task, const Thresholds& thresholds = {}) {
  return found({task}, {task}, thresholds);
}

}  // namespace wedged::test
