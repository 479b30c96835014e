// SPDX-License-Identifier: Apache-2.0
// The first line of a recording: what it is, where it is from, how much follows.
#pragma once

#include <cstdint>

#include "recording/recording.h"

namespace wedged::recorded {

inline constexpr int format_version = 1;

struct Header {
  int format = format_version;
  Recording recording;  // without its snapshots, each of which is a line of its own
  std::uint64_t snapshots = 0;
};

}  // namespace wedged::recorded
