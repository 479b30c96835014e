// SPDX-License-Identifier: Apache-2.0
// Work: a rung that goes on beside the scan loop, as a child process or on a thread. Owned by the loop.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "action/answer.h"
#include "util/clock.h"

namespace wedged {

class Work {
 public:
  virtual ~Work() = default;  // never waits: to be ended before

  // What came of it, told once; nothing as long as it goes on.
  [[nodiscard]] virtual std::optional<Answer> poll(Instant now) = 0;
  // Nothing of it is left. One that hangs in the kernel outlives its answer.
  [[nodiscard]] virtual bool over() = 0;
  // Asks it to end, by force if need be; does not wait for that.
  virtual void end() = 0;
};

// How a rung begins: it is over at once, or goes on.
using Step = std::variant<Answer, std::unique_ptr<Work>>;

}  // namespace wedged
