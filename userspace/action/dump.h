// SPDX-License-Identifier: Apache-2.0
// Dump: the rung that keeps what is known of a process, before it is killed. Written by an aide. A dry run
// looks whether it could be.
#pragma once

#include "action/host_parts.h"
#include "action/work.h"

namespace wedged {

// Stacks are those of the finding, of whatever process it is. A core needs a process that can be stopped
// (ptrace(2)): not one with a thread in D state, which would not stop before it wakes, and then stay so.
[[nodiscard]] Step begin_dump(const Decision& decision, const Policy& policy, const HostParts& parts,
                              Instant now);

}  // namespace wedged
