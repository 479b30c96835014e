// SPDX-License-Identifier: Apache-2.0
// What is certain of every finding of a cause before there is one: how sure it can be at most, and how long
// it has lasted at least. For warnings of rules that ask for anything else.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "diagnosis/cause.h"
#include "diagnosis/thresholds.h"

namespace wedged {

[[nodiscard]] Certainty highest_certainty(Cause cause);

// Absent: it is found at once. `calls`: only those in one of these calls; empty: in any.
[[nodiscard]] std::optional<Duration> least_duration(Cause cause, const Thresholds& thresholds,
                                                     const std::set<std::string>& calls);

}  // namespace wedged
