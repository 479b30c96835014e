// SPDX-License-Identifier: Apache-2.0
// What the monitor itself uses, as Prometheus's client libraries tell it of every program. Values only.
#pragma once

#include <cstdint>

#include "util/clock.h"

namespace wedged {

struct OwnProcess {
  Duration cpu_time{};  // user and system, of all threads, since the start
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;  // the soft limit
  WallTime started{};                  // the same for as long as the process runs

  bool operator==(const OwnProcess&) const = default;
};

}  // namespace wedged
