// SPDX-License-Identifier: Apache-2.0
// A policy as YAML, for people to read and for PolicyReader to read again.
#pragma once

#include <ostream>
#include <string>

#include "policy/policy.h"

namespace wedged {

// The whole section, "policy:" included.
void write_policy(std::ostream& out, const Policy& policy);

// In double quotes, where YAML takes every character as it is but these.
[[nodiscard]] std::string in_quotes(const std::string& text);

}  // namespace wedged
