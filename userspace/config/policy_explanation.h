// SPDX-License-Identifier: Apache-2.0
// A policy in plain sentences, for whom `config check` is for. Pure words: judges nothing.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace wedged {

// "hung-database: a process of unit postgresql*.service that is certainly stuck by lock_cycle for 30 s gets
// SIGTERM, after 5 s SIGKILL with its whole cgroup; at most 3 actions in 10 min. (dry run)"
[[nodiscard]] std::string explain_rule(const Policy& policy, const Rule& rule);

// What holds for all rules: their order, and what bounds them together. Sentences.
[[nodiscard]] std::vector<std::string> explain_bounds(const Policy& policy);

}  // namespace wedged
