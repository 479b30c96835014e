// SPDX-License-Identifier: Apache-2.0
// Guard: who is never signalled, whatever a rule says. Knows nothing of limits and of what happened before.
#pragma once

#include <optional>

#include "policy/decide.h"
#include "policy/objection.h"

namespace wedged {

// The first objection in the order of `Refusal`, or none. What is not known is an objection too.
[[nodiscard]] std::optional<Objection> guard(const Policy& policy, const Finding& finding,
                                             const Surroundings& surroundings);

}  // namespace wedged
