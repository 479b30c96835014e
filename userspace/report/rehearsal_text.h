// SPDX-License-Identifier: Apache-2.0
// What `wedged config test` prints. Renders values, decides nothing. Pure.
#pragma once

#include <string>

#include "policy/rehearsal.h"

namespace wedged {

// `name` is the recording's. Every assumption is called one.
[[nodiscard]] std::string rehearsal_text(const Rehearsal& rehearsal, const Policy& policy,
                                         const std::string& name);
// One document.
[[nodiscard]] std::string rehearsal_json(const Rehearsal& rehearsal, const Policy& policy,
                                         const std::string& name);

}  // namespace wedged
