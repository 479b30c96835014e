// SPDX-License-Identifier: Apache-2.0
// The process that a person starts: it runs the fault in a child, tells when it is real, and ends all of it.
// Itself it is never stuck.
#pragma once

#include <string_view>

#include "inject/catalogue.h"
#include "util/exit_code.h"

namespace wedged::inject {

// Returns when the time is over, when it is told to stop (INT, TERM, HUP), or when somebody else has ended
// the process that is stuck; nothing of the fault is left then. Prints a line when the fault is real:
//   began MILLISECONDS pid=PID tid=TID cause=CAUSE variant=VARIANT [owner=TID]
// with CLOCK_MONOTONIC, and one when it is over: ended MILLISECONDS pid=PID REASON
[[nodiscard]] ExitCode supervise(std::string_view cause, const Variant& variant, Duration lasts);

}  // namespace wedged::inject
