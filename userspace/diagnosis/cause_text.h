// SPDX-License-Identifier: Apache-2.0
// What each cause means to the person who has it: what happened, how sure that is, what to do. Words only;
// knows no finding. The same texts stand in findings, in `wedged why --explain` and in docs/causes.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnosis/cause.h"

namespace wedged {

// One or two sentences.
[[nodiscard]] std::string_view meaning_of(Cause cause);

// "certain", or which certainty applies when.
[[nodiscard]] std::string_view certainty_text_of(Cause cause);

// What to do, most useful first. Concrete: never empty, never "investigate".
[[nodiscard]] std::vector<std::string> advice_of(Cause cause);

}  // namespace wedged
