// SPDX-License-Identifier: Apache-2.0
// When something has to be over, and waiting for descriptors and calls until then.
#pragma once

#include <chrono>
#include <future>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

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

// What the call returns or throws; nothing: it takes longer, and goes on in a thread that nobody waits for.
// So it holds what it needs itself. For calls of the C library that ask others, without a limit to be set.
template <typename Call>
[[nodiscard]] std::optional<std::invoke_result_t<Call>> called_within(const Deadline& deadline, Call call) {
  std::packaged_task<std::invoke_result_t<Call>()> calling(std::move(call));
  auto answer = calling.get_future();
  std::thread(std::move(calling)).detach();
  if (answer.wait_for(deadline.left()) != std::future_status::ready) return std::nullopt;
  return answer.get();
}

}  // namespace wedged
