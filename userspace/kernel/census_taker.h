// SPDX-License-Identifier: Apache-2.0
// CensusTaker: one census after another. Remembers the paths of cgroups, which the kernel's side tells once
// and then only now and then. Not thread-safe; the scan loop owns it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "kernel/decode.h"
#include "kernel/probes.h"
#include "observation/census.h"
#include "util/result.h"

namespace wedged {

class CensusTaker {
 public:
  explicit CensusTaker(DecodeFacts facts) : facts_(facts) {}

  // Kind `unsupported` if the probes were loaded without it.
  [[nodiscard]] Result<Census> take(Probes& probes, Instant now);

 private:
  struct Cgroup {
    std::string path;
    std::uint64_t used = 0;  // number of the census that last had a thread in it
  };
  void learn(const std::vector<CgroupPath>& told);
  void forget_unused();

  DecodeFacts facts_;
  std::uint64_t number_ = 0;
  std::map<std::uint64_t, Cgroup> cgroups_;
};

}  // namespace wedged
