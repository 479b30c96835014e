// SPDX-License-Identifier: Apache-2.0
#include "observation/failures.h"

#include <algorithm>

namespace wedged {
namespace {

constexpr unsigned first_pause = 2;  // scans; twice as many each time
constexpr unsigned longest_pause = 30;

}  // namespace

void Failures::note(const ProcessId& process, const std::string& reason) {
  auto& failure = failures_[process];
  failure.reason = reason;
  failure.pause = failure.pause == 0 ? first_pause : std::min(2 * failure.pause, longest_pause);
  failure.scans_left = failure.pause + 1;  // with the one that asks
}

void Failures::age() {
  for (auto& [process, failure] : failures_) {
    if (failure.scans_left > 0) --failure.scans_left;
  }
}

void Failures::keep_those_in(const Snapshot& snapshot) {
  std::erase_if(failures_, [&](const auto& failure) {
    return failure.second.scans_left == 0 &&
           std::none_of(snapshot.suspects.begin(), snapshot.suspects.end(),
                        [&](const Task& task) { return task.process == failure.first; });
  });
}

const std::string* Failures::reason(const ProcessId& process) const {
  const auto failure = failures_.find(process);
  return failure == failures_.end() ? nullptr : &failure->second.reason;
}

bool Failures::pausing(const ProcessId& process) const {
  const auto failure = failures_.find(process);
  return failure != failures_.end() && failure->second.scans_left > 0;
}

}  // namespace wedged
