// SPDX-License-Identifier: Apache-2.0
// What the landing page says first if enforcement has suspended itself. Pure.
#pragma once

#include <string>

#include "report/published.h"

namespace wedged {

// A paragraph of HTML; empty if there is nothing to say. `state` may be null.
[[nodiscard]] std::string landing_notice(const Published* state);

}  // namespace wedged
