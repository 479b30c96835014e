// SPDX-License-Identifier: Apache-2.0
// Budget: how much may still be done now, by the limits of each rule and of the host. Reads the ledger;
// counts what this scan has decided in addition.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "policy/ledger.h"
#include "policy/objection.h"
#include "policy/policy.h"

namespace wedged {

class Budget {
 public:
  // All arguments must outlive the budget.
  Budget(const Policy& policy, const Ledger& ledger, Instant now)
      : policy_(policy), ledger_(ledger), now_(now) {}

  // `begun`: this rule has signalled this process before; its ladder goes on through the cool-down.
  [[nodiscard]] std::optional<Objection> objection(const Rule& rule, bool begun) const;
  void spend(const Rule& rule);

 private:
  [[nodiscard]] std::size_t spent() const;
  [[nodiscard]] std::size_t spent(const Rule& rule) const;
  [[nodiscard]] bool resting(const std::optional<Instant>& last, std::size_t just_now,
                             const Limits& limits) const;

  const Policy& policy_;
  const Ledger& ledger_;
  Instant now_;
  std::map<std::string, std::size_t> spent_;  // in this scan, by rule
};

}  // namespace wedged
