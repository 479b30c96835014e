// SPDX-License-Identifier: Apache-2.0
// TopSample: one look at the host, as `wedged top` shows it. Values only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/watched_scope.h"
#include "top/load.h"
#include "top/rates.h"

namespace wedged {

struct TopSample {
  ClockPair at;
  Duration elapsed{};   // since the sample before; zero: this is the first
  bool judged = false;  // false: the first looks ask, nothing that was found yet says little
  std::uint64_t threads_scanned = 0;
  WatchedScope scope;       // whom it looks at
  SharedFindings findings;  // those that hold
  std::size_t untold = 0;   // of them that are too many to tell, and not in the list
  std::vector<SyscallRate> rates;
  std::vector<ThreadLoad> threads;     // sorted by id
  std::vector<ProcessLoad> processes;  // sorted by id
  std::vector<UnitLoad> units;         // sorted by name
  bool calls_tracked = true;           // false: no rates and no latencies
  std::string note;                    // what is amiss, such as a scan that failed; empty: nothing
};

}  // namespace wedged
