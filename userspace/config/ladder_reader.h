// SPDX-License-Identifier: Apache-2.0
// From a rule's `ladder` to its rungs. Refused are signals that end nothing, and all that come after KILL.
#pragma once

#include <vector>

#include "config/fields.h"
#include "policy/policy.h"

namespace wedged {

// Of the rule's fields; a ladder that is missing is a problem.
[[nodiscard]] std::vector<Rung> read_ladder(const Fields& rule);

}  // namespace wedged
