// SPDX-License-Identifier: Apache-2.0
// What can be said on the command line of `wedged check`, as a value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/cause.h"
#include "diagnosis/container_pattern.h"
#include "util/clock.h"

namespace wedged {

struct CheckFlags {
  std::vector<std::string> units;
  std::vector<int> pids;
  std::vector<std::string> cgroups;
  std::vector<ContainerPattern> containers;
  std::vector<std::string> pods;
  Certainty warning = Certainty::possible;
  Certainty critical = Certainty::likely;
  Duration lasting{};
  Duration timeout = std::chrono::seconds(5);
  std::optional<std::string> url;
  bool local = false;     // look, whether a daemon runs or not
  bool no_local = false;  // ask the daemon or nobody
};

}  // namespace wedged
