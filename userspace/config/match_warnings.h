// SPDX-License-Identifier: Apache-2.0
// What of a match can never hold, or says nothing.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/thresholds.h"
#include "policy/policy.h"

namespace wedged {

// Predicates of the rule: "can never match: ...".
[[nodiscard]] std::vector<std::string> match_warnings(const Match& match, const Thresholds& thresholds);

}  // namespace wedged
