// SPDX-License-Identifier: Apache-2.0
// Member guard: who is never reached when an action reaches more than the process of a finding. The same
// rules as policy/guard.h, by what /proc shows of a process. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "observation/member.h"
#include "policy/decide.h"
#include "policy/policy.h"

namespace wedged {

// Why this member must not be reached, as a sentence that names it; nothing: it may be. What is not known is
// a reason too. The names of threads are not looked at, only that of the process.
[[nodiscard]] std::optional<std::string> member_objection(const Member& member,
                                                          const std::vector<std::string>& protect,
                                                          const Surroundings& surroundings);

// The first of these that must not be reached.
[[nodiscard]] std::optional<std::string> members_objection(const std::vector<Member>& members,
                                                           const std::vector<std::string>& protect,
                                                           const Surroundings& surroundings);

// Why a unit must not be restarted whoever runs in it.
[[nodiscard]] std::optional<std::string> unit_objection(const std::string& unit);

}  // namespace wedged
