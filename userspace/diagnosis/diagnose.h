// SPDX-License-Identifier: Apache-2.0
// diagnose: from what changed to what is wrong. Pure. One cause per file; the list of causes is one array in
// diagnose.cpp.
#pragma once

#include <vector>

#include "diagnosis/finding.h"
#include "diagnosis/thresholds.h"
#include "observation/history.h"

namespace wedged {

// Sorted by key. Every finding has been verified by two samples.
[[nodiscard]] std::vector<Finding> diagnose(const Changes& changes, const Thresholds& thresholds);

// One per cause; diagnosis/<cause>.cpp.
[[nodiscard]] std::vector<Finding> find_uninterruptible_waits(const Changes& changes,
                                                              const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_slow_syscalls(const Changes& changes, const Thresholds& thresholds);
[[nodiscard]] std::vector<Finding> find_unkillable_processes(const Changes& changes,
                                                             const Thresholds& thresholds);

}  // namespace wedged
