// SPDX-License-Identifier: Apache-2.0
// What the policy decided about a finding and what came of it, as JSON. What there is none of is null. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "report/remembered.h"

namespace wedged::json {

[[nodiscard]] nlohmann::ordered_json notes_value(const std::vector<PolicyNote>& notes, const ClockPair& now);

}  // namespace wedged::json
