// SPDX-License-Identifier: Apache-2.0
// What to do about one loop that spins, by what was seen of it. What to do about such loops in general:
// diagnosis/cause_text.h. Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/spin.h"

namespace wedged {

// Whole sentences, most useful first; empty if nothing was seen that tells.
[[nodiscard]] std::vector<std::string> spin_advice(const Spin& spin);

}  // namespace wedged
