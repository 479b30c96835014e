// SPDX-License-Identifier: Apache-2.0
// From one step of a ladder to its Rung: what it does, and the grace that is usual for it. Knows nothing of
// the steps around it.
#pragma once

#include <string>

#include "config/fields.h"
#include "policy/policy.h"

namespace wedged {

// What the policy says of reboots before any rule names one.
struct RebootPermission {
  bool given = false;
  std::string denied_at;  // "file:line:column" of `allow_reboot: false`; empty: nothing is said
};

// `path` is the step's name in messages: "policy.rules[0].ladder[1]".
[[nodiscard]] Rung read_rung(const YamlNode& node, const std::string& path, const RebootPermission& reboot,
                             Problems& problems);

}  // namespace wedged
