// SPDX-License-Identifier: Apache-2.0
// `wedged why --explain`: causes in words, without any process. Renders the fixed texts of the diagnosis.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/cause.h"
#include "report/events.h"

namespace wedged {

// `width` in columns, 0 for unlimited.
[[nodiscard]] std::string render_causes(const std::vector<Cause>& causes, const EventStyle& style,
                                        unsigned width);

}  // namespace wedged
