// SPDX-License-Identifier: Apache-2.0
// Hook: the rung that runs a program of the user's. A dry run only looks whether it could be started.
#pragma once

#include <string>

#include "action/host_parts.h"
#include "action/spawn.h"
#include "action/work.h"

namespace wedged {

[[nodiscard]] Step begin_hook(const Decision& decision, const HostParts& parts, Instant now);

// What it is started with. `input`: the decision as the hook reads it.
[[nodiscard]] SpawnPlan hook_plan(const Decision& decision, std::string input);

}  // namespace wedged
