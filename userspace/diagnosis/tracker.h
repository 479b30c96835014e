// SPDX-License-Identifier: Apache-2.0
// Tracker: tells which findings are new and which have ended. Pure. Not thread-safe; the scan loop owns it.
#pragma once

#include <vector>

#include "diagnosis/finding.h"

namespace wedged {

class Tracker {
 public:
  // `findings` sorted by key, as diagnose() returns them. Not called for scans that failed: those tell
  // nothing.
  [[nodiscard]] FindingChanges update(std::vector<Finding> findings, Instant now);

 private:
  SharedFindings open_;
  Instant last_update_{};
};

}  // namespace wedged
