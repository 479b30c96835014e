// SPDX-License-Identifier: Apache-2.0
// From the file to what bounds a policy: limits, brake, and the store of dumps. What is left out keeps its
// default.
#pragma once

#include <string>

#include "config/fields.h"
#include "policy/policy.h"

namespace wedged {

// `limits` of the host or of a rule, `unit_limits`: whichever map of `parent` the key names.
void read_limits(const Fields& parent, const std::string& key, Limits& limits);
void read_brake(const Fields& policy, Brake& brake);
void read_dumps(const Fields& policy, DumpStore& dumps);

}  // namespace wedged
