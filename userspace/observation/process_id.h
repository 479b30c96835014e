// SPDX-License-Identifier: Apache-2.0
// A process's identity: its thread group id and the start of its leader.
#pragma once

#include <compare>
#include <cstdint>

namespace wedged {

struct ProcessId {
  int tgid = 0;
  std::uint64_t start_boottime_ns = 0;

  auto operator<=>(const ProcessId&) const = default;
};

}  // namespace wedged
