// SPDX-License-Identifier: Apache-2.0
// Work list: all that goes on beside the scan loop, and how much of it there may be.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "action/work.h"
#include "policy/decision.h"

namespace wedged {

class WorkList {
 public:
  static constexpr std::size_t at_once = 8;
  // Those that hang in the kernel do not keep others from running (a fence must not fail because eight dumps
  // hang on a dead disk), but there must not be ever more of them.
  static constexpr std::size_t hanging_at_most = 32;

  // Why nothing more can be begun.
  [[nodiscard]] std::optional<std::string> full() const;
  void add(const Decision& decision, std::unique_ptr<Work> work);
  [[nodiscard]] std::vector<Outcome> finished(Instant now);
  // Ends all of it and waits for that, a second at most.
  void abandon();

 private:
  struct Entry {
    Decision decision;
    std::unique_ptr<Work> work;
    bool told = false;
  };
  void forget_the_over();

  std::vector<Entry> entries_;
};

}  // namespace wedged
