// SPDX-License-Identifier: Apache-2.0
#include "daemon/tally.h"

namespace wedged {

void Tally::scanned(const Changes& changes) {
  ++totals_.scans;
  if (changes.discounted > Duration::zero()) ++totals_.late_scans;
  totals_.discounted += changes.discounted;
}

void Tally::reloaded(bool success, WallTime at) {
  config_ok_ = success;
  if (success) config_loaded_ = at;
  if (totals_.scans > 0) ++totals_.config_reloads[success];
}

void Tally::found(const FindingChanges& findings) {
  for (const auto& finding : findings.raised) ++totals_.findings[{finding.key.cause, finding.certainty}];
  for (const auto& finding : findings.resolved) ++totals_.resolved[finding.key.cause];
}

void Tally::acted(const Outcome& outcome) {
  ++totals_.actions[{outcome.decision.rule, outcome.decision.rung.name(), outcome.kind}];
}

}  // namespace wedged
