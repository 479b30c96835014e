// SPDX-License-Identifier: Apache-2.0
// Recheck: whether a finding still holds for the task as it is now. Pure; samples nothing itself.
#pragma once

#include <optional>
#include <string>

#include "diagnosis/finding.h"

namespace wedged {

// What changed, as a sentence; nothing if the finding still holds. `now` is a later sample of one of the
// finding's threads, or of its process's leader if the finding is about the whole process.
[[nodiscard]] std::optional<std::string> change_since(const Finding& finding, const Task& now);

}  // namespace wedged
