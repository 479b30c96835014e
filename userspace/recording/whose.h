// SPDX-License-Identifier: Apache-2.0
// Which process of a recording is meant. Pure.
#pragma once

#include <optional>
#include <string>

#include "recording/recording.h"

namespace wedged {

// By its id or its name, which as everywhere is cut off after 15 bytes; without a target, the one that the
// recording was made of. Errors tell which processes there are, as what follows the file's name: `gone`, the
// recording does not have it; `malformed`, there is more than one.
[[nodiscard]] Result<int> whose(const Recording& recording, const std::optional<std::string>& target);

}  // namespace wedged
