// SPDX-License-Identifier: Apache-2.0
// Budget: how much may still be done now, by the limits of each rule, of each unit and of the host. Reads the
// ledger; counts what this scan has decided in addition. What enforcement did is spent for all; what dry runs
// did, for dry runs alone.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "policy/ledger.h"
#include "policy/objection.h"
#include "policy/policy.h"

namespace wedged {

class Budget {
 public:
  // All arguments must outlive the budget.
  Budget(const Policy& policy, const Ledger& ledger, Instant now)
      : policy_(policy), ledger_(ledger), now_(now) {}

  // `begun`: this rule has touched this process before; its ladder goes on through the cool-down.
  [[nodiscard]] std::optional<Objection> objection(const Rule& rule, const std::string& unit,
                                                   bool begun) const;
  void spend(const Rule& rule, const std::string& unit);

 private:
  // What counts against one limit: of the past and of this scan.
  struct Spent {
    std::size_t within_window = 0;
    std::size_t just_now = 0;
    std::optional<Instant> last;
  };
  using Counts = std::function<bool(const LedgerState::Action&)>;

  [[nodiscard]] Spent spent(const Limits& limits, const Counts& counts) const;
  [[nodiscard]] bool resting(const Spent& spent, const Limits& limits) const;

  const Policy& policy_;
  const Ledger& ledger_;
  Instant now_;
  std::vector<LedgerState::Action> spent_;  // in this scan
};

}  // namespace wedged
