// SPDX-License-Identifier: Apache-2.0
// From a rule's `match` to its Match.
#pragma once

#include "config/fields.h"
#include "config/users.h"
#include "policy/policy.h"

namespace wedged {

// Of the rule's fields; a match that is missing is a problem.
[[nodiscard]] Match read_match(const Fields& rule, const UserLookup& lookup);

}  // namespace wedged
