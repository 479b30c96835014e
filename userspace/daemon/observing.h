// SPDX-License-Identifier: Apache-2.0
// From settings to a working Observer: facts, plan, probes. What `run` and `list` share.
#pragma once

#include "config/settings.h"
#include "kernel/observer.h"
#include "util/exit_code.h"
#include "util/result.h"

namespace wedged {

[[nodiscard]] Observing observing_of(ObserveMode mode);

// Loads everything and attaches it; nothing stays behind on failure.
[[nodiscard]] Result<Observer> start_observing(const Settings& settings, Observing observing,
                                               Headcount headcount = Headcount::none);

// The exit code that goes with a failure of start_observing.
[[nodiscard]] ExitCode exit_code_of(const Error& error);

}  // namespace wedged
