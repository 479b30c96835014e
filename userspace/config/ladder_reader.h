// SPDX-License-Identifier: Apache-2.0
// From a rule's `ladder` to its rungs. Refused are signals that come after a KILL which reached as many.
#pragma once

#include <vector>

#include "config/fields.h"
#include "config/rung_reader.h"
#include "policy/policy.h"

namespace wedged {

// Of the rule's fields; a ladder that is missing is a problem.
[[nodiscard]] std::vector<Rung> read_ladder(const Fields& rule, const RebootPermission& reboot);

}  // namespace wedged
