// SPDX-License-Identifier: Apache-2.0
// Unit cgroup: which cgroup is that of a process's unit, and whose unit that is. Pure.
#pragma once

#include <optional>
#include <string>

namespace wedged {

// The path up to and including its last part of this name: "/system.slice/db.service" of the unit
// "db.service" and "/system.slice/db.service/workers". Nothing: no part has that name.
[[nodiscard]] std::optional<std::string> cgroup_of_unit(const std::string& cgroup, const std::string& unit);

// Whether the host's service manager made it: only slices lie above. A user's manager, and systemd in a
// container, have units of the same names below a unit of their own.
[[nodiscard]] bool is_of_host_manager(const std::string& unit_cgroup);

// Itself, or below it.
[[nodiscard]] bool lies_in(const std::string& cgroup, const std::string& outer);

}  // namespace wedged
