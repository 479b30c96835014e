// SPDX-License-Identifier: Apache-2.0
// Inspection: one request from beginning to end, in the child. What cannot be read is named in the reply;
// only a process that is gone is a failure.
#pragma once

#include "inspector/progress.h"
#include "inspector/protocol.h"

namespace wedged {

// `report` hears of each step before it is made.
[[nodiscard]] InspectReply inspect(const Assignment& assignment, const Report& report);

}  // namespace wedged
