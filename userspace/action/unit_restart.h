// SPDX-License-Identifier: Apache-2.0
// Unit restart: the rung that has systemd restart the unit of a process. First it is looked at who is in it,
// on a thread; then an aide talks to systemd, which may hang as well. When that takes too long the aide is
// killed, and systemd goes on with what it was told.
#pragma once

#include "action/host_parts.h"
#include "action/work.h"

namespace wedged {

// Waits for systemd as long as the rung's grace, 90 s if it has none (systemd's own DefaultTimeoutStopSec). A
// dry run asks systemd whether it has that unit.
[[nodiscard]] Step begin_unit_restart(const Decision& decision, const Policy& policy, const HostParts& parts,
                                      Instant now);

}  // namespace wedged
