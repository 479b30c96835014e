// SPDX-License-Identifier: Apache-2.0
// What of a valid policy surely does not do what its writer meant: rules that can never match, or never act.
// Tells only what is sure; a policy without a warning may still be a bad one.
#pragma once

#include "config/config_file.h"

namespace wedged {

// In the order of the files and their lines.
[[nodiscard]] ConfigProblems warnings_of(const LoadedConfig& config);

}  // namespace wedged
