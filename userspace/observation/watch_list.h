// SPDX-License-Identifier: Apache-2.0
// WatchList: which processes are to be seen as a whole, every thread of them, at every scan. What that costs
// is bounded; where not all fit in, those have a place whose threads have waited longest, so that nobody
// loses his place to a newcomer and a verdict does not come and go. Pure; not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "observation/process_id.h"
#include "util/clock.h"

namespace wedged {

class WatchList {
 public:
  static constexpr std::size_t most_processes = 250;  // the programs in the kernel take 256
  // But for the first process, which is watched however many it has.
  static constexpr std::size_t most_threads = 8192;

  void clear() { wanted_.clear(); }
  // `since` when somebody has waited for what only the whole process tells; the earliest counts.
  void want(const ProcessId& process, std::size_t threads, Instant since);

  // Sorted by id.
  [[nodiscard]] std::vector<ProcessId> chosen() const;
  [[nodiscard]] std::size_t left_out() const { return wanted_.size() - chosen().size(); }

 private:
  struct Wanted {
    Instant since{};
    std::size_t threads = 0;
  };
  std::map<ProcessId, Wanted> wanted_;
};

}  // namespace wedged
