// SPDX-License-Identifier: Apache-2.0
// Executor: the seam through which decisions reach the host. Everything that changes the host lies behind it.
#pragma once

#include <functional>

#include "observation/task.h"
#include "policy/decision.h"
#include "util/result.h"

namespace wedged {

// Looks at one task again, now. Error kind `gone`: it no longer exists.
using SampleAgain = std::function<Result<Task>(const TaskId&)>;

class Executor {
 public:
  virtual ~Executor() = default;
  // Never blocks, never throws. Called for verdicts `act` and `dry_run` only.
  [[nodiscard]] virtual Outcome execute(const Decision& decision, Instant now) = 0;
};

}  // namespace wedged
