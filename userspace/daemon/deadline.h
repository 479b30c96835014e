// SPDX-License-Identifier: Apache-2.0
// When something has to be over, and waiting for descriptors until then.
#pragma once

#include <chrono>

#include "util/clock.h"
#include "util/result.h"

namespace wedged {

class Deadline {
 public:
  explicit Deadline(Duration at_most) : end_(std::chrono::steady_clock::now() + at_most) {}

  [[nodiscard]] Duration left() const;

  // Until poll's events are there, or an error or end that the next call will tell. Kind `system`: not within
  // the time.
  [[nodiscard]] Status wait(int descriptor, short events) const;

 private:
  std::chrono::steady_clock::time_point end_;
};

}  // namespace wedged
