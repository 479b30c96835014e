// SPDX-License-Identifier: Apache-2.0
// Whether a rule leaves anything for one after it. As with globs, `true` is sure.
#pragma once

#include "policy/policy.h"

namespace wedged {

// Every process that `narrow` matches, `wide` matches too.
[[nodiscard]] bool covers(const Match& wide, const Match& narrow);

}  // namespace wedged
