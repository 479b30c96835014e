// SPDX-License-Identifier: Apache-2.0
// SparePass: a pass that looks at every open file of the host, made only so often that all of them together
// take no more than a hundredth of a CPU. Not thread-safe.
#pragma once

#include <ctime>

#include "util/clock.h"

namespace wedged {

class SparePass {
 public:
  [[nodiscard]] bool is_due(Instant now) const { return now >= next_; }

  template <typename Pass>
  auto run(Instant now, const Pass& pass) {
    const auto before = cpu_time();
    auto result = pass();
    next_ = now + pause_per_cpu_time * (cpu_time() - before);
    return result;
  }

 private:
  static constexpr int pause_per_cpu_time = 100;

  static Duration cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  Instant next_{};
};

}  // namespace wedged
