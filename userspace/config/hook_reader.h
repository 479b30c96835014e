// SPDX-License-Identifier: Apache-2.0
// From a step's `hook` to its Hook. Whether the program exists is not looked at: that may change until it is
// needed.
#pragma once

#include "config/fields.h"
#include "policy/policy.h"

namespace wedged {

// Of the step's fields, which have a `hook`.
[[nodiscard]] Hook read_hook(const Fields& rung);

}  // namespace wedged
