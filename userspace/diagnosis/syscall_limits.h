// SPDX-License-Identifier: Apache-2.0
// Which calls are made to wait, how long the others may take, and what follows for the scan. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "diagnosis/thresholds.h"
#include "observation/suspect_limits.h"

namespace wedged {

// Calls whose business is to wait for somebody else: a month in them is no fault of theirs.
[[nodiscard]] bool made_to_wait(std::string_view call);

// How long one call of this name may take; absent: as long as it likes.
[[nodiscard]] std::optional<Duration> limit_of(std::string_view call, const Thresholds& thresholds);

// The thresholds as the scan applies them: one interval and a half earlier, so that a finding has its first
// sample before its threshold and is verified at the first scan after it.
[[nodiscard]] SuspectLimits suspect_limits(const Thresholds& thresholds, Duration scan_interval);

}  // namespace wedged
