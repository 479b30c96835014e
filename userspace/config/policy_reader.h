// SPDX-License-Identifier: Apache-2.0
// From the file's `policy` to a Policy. Whatever it lets pass, decide() can work with.
#pragma once

#include "config/problems.h"
#include "config/yaml_node.h"
#include "policy/policy.h"

namespace wedged {

[[nodiscard]] Policy read_policy(const YamlNode& node, Problems& problems);

}  // namespace wedged
