// SPDX-License-Identifier: Apache-2.0
// Steps of a ladder that guards or limits will surely keep from being taken.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace wedged {

// Predicates of the rule: "is always refused ...". Steps are taken at scans, one such interval apart.
[[nodiscard]] std::vector<std::string> ladder_warnings(const Policy& policy, const Rule& rule,
                                                       Duration scan_interval);

}  // namespace wedged
