// SPDX-License-Identifier: Apache-2.0
// The text form of `wedged why`: who, verdict, chains, what to do, threads, what could not be known. In the
// order in which somebody woken at three in the morning needs it. Only why.cpp calls this.
#pragma once

#include <string>

#include "diagnosis/why.h"
#include "report/events.h"

namespace wedged::text {

struct WhyView {
  ClockPair now;
  EventStyle style;
  unsigned width = 0;  // 0: unlimited
  bool all_stacks = false;
};

[[nodiscard]] std::string why(const Why& why, const WhyView& view);

// The part about the threads; why_threads.cpp.
[[nodiscard]] std::string why_threads(const Why& why, const WhyView& view);

}  // namespace wedged::text
