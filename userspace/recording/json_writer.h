// SPDX-License-Identifier: Apache-2.0
// Recorded values as lines of JSON: pure ASCII, without the line's end. Every value can be written.
#pragma once

#include <string>

#include "recording/header.h"

namespace wedged::recorded {

[[nodiscard]] std::string line_of(const Header& header);
[[nodiscard]] std::string line_of(const Snapshot& snapshot);

}  // namespace wedged::recorded
