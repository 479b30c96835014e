// SPDX-License-Identifier: Apache-2.0
// An event loop that spins, as JSON. What is unknown is null. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "diagnosis/finding.h"

namespace wedged::json {

// Null for findings of other causes.
[[nodiscard]] nlohmann::ordered_json loop_value(const Finding& finding);

}  // namespace wedged::json
