// SPDX-License-Identifier: Apache-2.0
// Host parts: what acting needs of the rest of the program, all of it a seam for tests.
#pragma once

#include <functional>
#include <string>

#include "action/executor.h"
#include "policy/decide.h"

namespace wedged {

struct HostParts {
  SampleAgain sample_again;  // called by the scan loop alone
  HostMembers members;       // called by other threads too
  // Where a cgroup's files are; called by other threads too.
  std::function<Result<std::string>(const std::string& cgroup)> cgroup_folder;
  Surroundings surroundings;
  // The decision with its finding and all evidence, as JSON: for hooks and dumps.
  std::function<std::string(const Decision&)> render;
  std::string own_executable;  // that knows the aides of action/aide.h
  std::string sysrq_trigger;   // the file to which `b` is written
};

}  // namespace wedged
