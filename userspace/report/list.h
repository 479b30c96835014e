// SPDX-License-Identifier: Apache-2.0
// The screen of `wedged list`: one line for each stuck thread or process, or one JSON document.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "report/events.h"

namespace wedged {

// `width` is the terminal's width in columns, 0 for unlimited.
[[nodiscard]] std::string render_list(const std::vector<Finding>& findings, std::uint64_t threads_scanned,
                                      const ClockPair& now, const EventStyle& style, unsigned width);

}  // namespace wedged
