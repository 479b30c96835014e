// SPDX-License-Identifier: Apache-2.0
// Tracker: tells which findings are new and which have ended. Pure. Not thread-safe; the scan loop owns it.
// So that nobody can fill the monitor's memory it tells at most so many at a time; nobody's masses of
// processes and threads shut others out: a process has so many places, a user has fewer than there are, and
// some are kept for what is certain. What is told stays told until it ends. What finds no place is counted
// and waits; as places get free, what is certain comes first, then what has lasted longest.
#pragma once

#include <vector>

#include "diagnosis/finding.h"

namespace wedged {

// How many findings are told at a time.
inline constexpr std::size_t most_told = 1000;
inline constexpr std::size_t most_told_of_process = 256;
inline constexpr std::size_t most_told_of_user = 768;    // those whose user is not known count as one user's
inline constexpr std::size_t most_told_uncertain = 900;  // the rest is for those that are certain

class Tracker {
 public:
  // `findings` sorted by key, as diagnose() returns them. Not called for scans that failed: those tell
  // nothing. `discounted`: of the time since the last, that counts in no duration (Changes::discounted).
  [[nodiscard]] FindingChanges update(std::vector<Finding> findings, Instant now, Duration discounted = {});

 private:
  SharedFindings open_;
  Instant last_update_{};
};

}  // namespace wedged
