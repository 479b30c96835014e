// SPDX-License-Identifier: Apache-2.0
// A configured duration in a sentence: exact, in the unit that people would write.
#pragma once

#include <string>

#include "util/clock.h"

namespace wedged {

// "90 s", "10 min", "250 ms".
[[nodiscard]] std::string text_of(Duration duration);

}  // namespace wedged
