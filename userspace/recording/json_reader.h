// SPDX-License-Identifier: Apache-2.0
// Lines of JSON as recorded values. Takes any bytes: what is no such line gives an error that names the field
// and what would be right; the caller adds file and line.
#pragma once

#include <string_view>

#include "recording/header.h"

namespace wedged::recorded {

[[nodiscard]] Result<Header> header_of(std::string_view line);
[[nodiscard]] Result<Snapshot> snapshot_of(std::string_view line);

}  // namespace wedged::recorded
