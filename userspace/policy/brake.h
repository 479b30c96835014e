// SPDX-License-Identifier: Apache-2.0
// Brake: whether enforcement goes on at all. A monitor that suddenly wants to touch many processes sees a
// state of the host that nobody had in mind, or is wrong itself.
#pragma once

#include <optional>
#include <vector>

#include "policy/candidates.h"
#include "policy/objection.h"

namespace wedged {

// `wanted`: those that no guard objects to and that touch a process. All of those that are counted are
// refused or none.
[[nodiscard]] std::optional<Objection> brake(const Policy& policy,
                                             const std::vector<const Candidate*>& wanted,
                                             const Ledger& ledger, Trials trials, Instant now);

}  // namespace wedged
