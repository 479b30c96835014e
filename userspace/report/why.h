// SPDX-License-Identifier: Apache-2.0
// The screen of `wedged why`: one process explained, in place of a debugger session; or one JSON document.
#pragma once

#include <string>

#include "diagnosis/why.h"
#include "report/events.h"

namespace wedged {

// `width` is the terminal's width in columns, 0 for unlimited. `all_stacks`: those of the threads that are
// not stuck as well, and nothing is folded or cut. JSON always has everything.
[[nodiscard]] std::string render_why(const Why& why, const ClockPair& now, const EventStyle& style,
                                     unsigned width, bool all_stacks = false);

}  // namespace wedged
