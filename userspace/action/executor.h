// SPDX-License-Identifier: Apache-2.0
// Executor: the seam through which decisions reach the host. Everything that changes the host lies behind it.
// Not thread-safe; the scan loop owns it.
#pragma once

#include <functional>
#include <vector>

#include "observation/member.h"
#include "observation/task.h"
#include "policy/decide.h"
#include "policy/policy.h"
#include "util/result.h"

namespace wedged {

// Looks at one task again, now. Error kind `gone`: it no longer exists.
using SampleAgain = std::function<Result<Task>(const TaskId&)>;

// The processes of a process group (its id) or of a cgroup (its path) and those below it, now.
struct HostMembers {
  std::function<Result<std::vector<Member>>(int process_group)> of_group;
  std::function<Result<std::vector<Member>>(const std::string& cgroup)> of_cgroup;
  std::function<Result<Member>(int tgid)> one;  // error kind `gone`: no such process
};

class Executor {
 public:
  virtual ~Executor() = default;
  // Whether what this policy's ladders need is there, tried without harming anybody.
  [[nodiscard]] virtual Status self_test(const Policy& policy) const = 0;
  // Never blocks, never throws. Called for verdicts `act` and `dry_run` only. `started` if it goes on beside
  // the loop: finished() tells the end.
  [[nodiscard]] virtual Outcome execute(const Decision& decision, const Policy& policy, Instant now) = 0;
  // What has ended, or was ended because its time was over, since the last call. To be called at each scan.
  [[nodiscard]] virtual std::vector<Outcome> finished(Instant now) = 0;
  [[nodiscard]] virtual Room room() const = 0;
  // What still goes on is ended: the monitor stops. What had not been told.
  [[nodiscard]] virtual std::vector<Outcome> abandon(Instant now) = 0;
};

}  // namespace wedged
