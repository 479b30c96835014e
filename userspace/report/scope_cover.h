// SPDX-License-Identifier: Apache-2.0
// Whether a monitor that looks at a scope alone sees all that is asked about. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "observation/watched_scope.h"
#include "report/health_check.h"

namespace wedged {

// What who asks knows of the monitor's host.
struct KnownPlaces {
  bool complete = false;  // these are all cgroups of it
  std::vector<std::string> cgroups;
  std::map<int, std::string> cgroup_of;  // of processes that are asked about
};

// False, too, if it cannot be known: a unit lies where its cgroups do, and none of it may lie elsewhere.
[[nodiscard]] bool covers(const WatchedScope& scope, const CheckSelection& selection,
                          const KnownPlaces& known);

}  // namespace wedged
