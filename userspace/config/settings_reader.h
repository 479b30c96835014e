// SPDX-License-Identifier: Apache-2.0
// From the file's root to Settings: every section but the policy, which is left to a reader of its own.
#pragma once

#include "config/policy_reader.h"
#include "config/problems.h"
#include "config/settings.h"
#include "config/yaml_node.h"

namespace wedged {

[[nodiscard]] Settings read_settings(const YamlNode& root, PolicyReader& policy, Problems& problems);

// `calls` or `scan`.
[[nodiscard]] std::optional<ObserveMode> observe_mode_named(const std::string& name);
[[nodiscard]] std::string name_of(ObserveMode mode);

}  // namespace wedged
