// SPDX-License-Identifier: Apache-2.0
// Crowd signal: the rung that signals a process group, a cgroup or a unit. The finding is verified in the
// scan loop, everything else on a thread.
#pragma once

#include "action/crowd_killer.h"
#include "action/host_parts.h"
#include "action/work.h"
#include "policy/policy.h"
#include "util/fd.h"

namespace wedged {

[[nodiscard]] Step begin_crowd_signal(const Decision& decision, const Policy& policy, const HostParts& parts,
                                      Instant now);

// Around the suspect that this descriptor holds, as it is now.
struct Surrounded {
  Member suspect;
  Crowd crowd;
};
[[nodiscard]] std::variant<Surrounded, Answer> surround(const Fd& process, const Finding& finding,
                                                        Reach reach, const HostMembers& members);

}  // namespace wedged
