// SPDX-License-Identifier: Apache-2.0
// Why a rule does not fit a finding, in words. Part of the rehearsal. Pure.
#pragma once

#include <optional>

#include "policy/rehearsal.h"

namespace wedged {

// Whether the rule fits the finding, or one of its victims if it is a rule about victims; not knowing counts.
[[nodiscard]] bool any_fit(const Rule& rule, const Finding& finding, Instant now);

// Of the rules that do not fit, the first with the fewest reasons. Nothing: there are no rules.
[[nodiscard]] std::optional<Misfit> nearest_misfit(const Policy& policy, const Finding& finding);

}  // namespace wedged
