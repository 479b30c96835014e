// SPDX-License-Identifier: Apache-2.0
// `wedged why --json`: one document with everything that is known, all stacks included. Only why.cpp calls
// this.
#pragma once

#include <string>

#include "diagnosis/why.h"

namespace wedged::json {

[[nodiscard]] std::string why(const Why& why, const ClockPair& now);

}  // namespace wedged::json
