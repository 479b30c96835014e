// SPDX-License-Identifier: Apache-2.0
// Rehearsal: what a policy would have done to recorded snapshots, scan by scan, as the daemon would. Nothing
// is carried out: every action counts as done. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/thresholds.h"
#include "observation/snapshot.h"
#include "policy/decision.h"

namespace wedged {

struct RehearsalPlan {
  std::vector<Snapshot> snapshots;  // at least one
  Duration recorded_interval{};     // intended between those
  Duration scan_interval{};         // from one scan to the next after them
  Duration as_if_for{};             // so long the last one is taken to go on
};

// One decision at its time. A refusal is told once for each finding, rule and reason, as the daemon does.
struct RehearsedDecision {
  Decision decision;
  ClockPair at{};
  bool assumed = false;  // after the last recorded scan
};

// A rule that did not fit a finding, and what of it did not.
struct Misfit {
  std::string rule;
  std::vector<std::string> reasons;  // "certainty is likely, and the rule asks for certain"
};

// A finding, as it was when it was seen last.
struct RehearsedFinding {
  Finding finding;
  ClockPair at{};
  bool matched = false;  // by a rule, at one time or another
  std::optional<Misfit>
      nearest;  // the rule that fits best, of who was not matched; absent: there are no rules
};

struct Rehearsal {
  ClockPair begin{};
  ClockPair recorded_until{};
  ClockPair end{};
  std::size_t recorded_scans = 0;
  std::size_t assumed_scans = 0;
  std::vector<RehearsedDecision> decisions;
  std::vector<RehearsedFinding> findings;  // in the order in which they were first seen
};

[[nodiscard]] Rehearsal rehearse(const Policy& policy, const Thresholds& thresholds,
                                 const RehearsalPlan& plan);

// Long enough for the longest ladder after the longest threshold and `lasting`; ten minutes at most.
[[nodiscard]] Duration time_of_longest_ladder(const Policy& policy, const Thresholds& thresholds);

// As if everything had gone on as between the two snapshots: what stood still stands still, what counted goes
// on counting, what is told once is not told again. `earlier` may be null.
[[nodiscard]] Snapshot continued(const Snapshot* earlier, const Snapshot& last, Duration later);

}  // namespace wedged
