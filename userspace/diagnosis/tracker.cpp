// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/tracker.h"

#include <algorithm>
#include <iterator>

namespace wedged {

FindingChanges Tracker::update(std::vector<Finding> findings, Instant now) {
  const auto by_key = [](const Finding& a, const Finding& b) { return a.key < b.key; };
  FindingChanges changes;
  std::set_difference(findings.begin(), findings.end(), open_.begin(), open_.end(),
                      std::back_inserter(changes.raised), by_key);
  std::set_difference(open_.begin(), open_.end(), findings.begin(), findings.end(),
                      std::back_inserter(changes.resolved), by_key);
  // It ended somewhere between the two scans: at the latest now.
  for (auto& finding : changes.resolved) finding.lasted += now - last_update_;
  open_ = std::move(findings);
  last_update_ = now;
  changes.open = open_;
  return changes;
}

}  // namespace wedged
