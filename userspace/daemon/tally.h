// SPDX-License-Identifier: Apache-2.0
// Tally: what has happened since the start, in numbers. Pure bookkeeping.
#pragma once

#include <vector>

#include "observation/history.h"
#include "report/published.h"

namespace wedged {

class Tally {
 public:
  void scanned(const Changes& changes);
  void scan_failed() { ++totals_.failed_scans; }
  void reloaded(bool success, WallTime at);
  void found(const FindingChanges& findings);
  // A refusal is counted once per finding, rule and reason: the caller asks the ledger.
  void refused(const Decision& decision) { ++totals_.refusals[decision.refusal]; }
  void oopsed() { ++totals_.oops_reports; }
  void acted(const Outcome& outcome);

  [[nodiscard]] const Totals& totals() const { return totals_; }
  [[nodiscard]] bool config_ok() const { return config_ok_; }
  [[nodiscard]] WallTime config_loaded() const { return config_loaded_; }

 private:
  Totals totals_;
  bool config_ok_ = true;
  WallTime config_loaded_{};
};

}  // namespace wedged
