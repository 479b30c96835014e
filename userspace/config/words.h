// SPDX-License-Identifier: Apache-2.0
// Values as they stand in sentences.
#pragma once

#include <string>
#include <vector>

#include "util/clock.h"

namespace wedged {

// "30 s", "10 min", "36 h": as a person wrote it.
[[nodiscard]] std::string in_words(Duration duration);

// "1 action", "3 actions".
[[nodiscard]] std::string counted(std::size_t number, const std::string& noun);

// " of unit a or b", or nothing without words.
[[nodiscard]] std::string phrase(const std::string& before, const std::vector<std::string>& words);

}  // namespace wedged
