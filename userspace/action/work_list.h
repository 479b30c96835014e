// SPDX-License-Identifier: Apache-2.0
// Work list: all that goes on beside the scan loop, and how much of it there may be.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "action/work.h"
#include "policy/decide.h"

namespace wedged {

class WorkList {
 public:
  static constexpr std::size_t jobs_at_once = 8, dumps_at_once = 4;
  // Those that hang in the kernel do not keep others from running, but there must not be ever more of them;
  // and where so many dumps hang (on a dead disk) no ladder waits for another one.
  static constexpr std::size_t hanging_jobs_at_most = 32, hanging_dumps_at_most = 4;

  // How many more may run; decide() keeps to it.
  [[nodiscard]] Room room() const;
  // Why this cannot be begun at all.
  [[nodiscard]] std::optional<std::string> full(const Rung& rung) const;
  void add(const Decision& decision, std::unique_ptr<Work> work);
  [[nodiscard]] std::vector<Outcome> finished(Instant now);
  // Ends all of it and waits for that, a second at most: none of it has an end of its own any more.
  std::vector<Outcome> abandon(Instant now);

 private:
  struct Entry {
    Decision decision;
    std::unique_ptr<Work> work;
    bool told = false;
  };
  [[nodiscard]] std::size_t count(bool dumps, bool hanging) const;
  void forget_the_over();

  std::vector<Entry> entries_;
};

}  // namespace wedged
