// SPDX-License-Identifier: Apache-2.0
// Victims: who waits for a root, each as a finding of its own, so that a rule of role `victim` can be judged
// like any other. Such views are never reported as findings.
#pragma once

#include <vector>

#include "diagnosis/finding.h"

namespace wedged {

// One for each process among the victims but the root's own, with all its waiting threads; cause
// `waits_for_stuck`, as sure as the root. `lasted` is the wait of the thread that waits longest.
[[nodiscard]] std::vector<Finding> victims_of(const Finding& root, Instant now);

// A unit among the victims' that is another than the root's, or that nobody knows: a sentence about it; empty
// if there is none.
[[nodiscard]] std::string foreign_victims(const Finding& root);

}  // namespace wedged
