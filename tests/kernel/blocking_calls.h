// SPDX-License-Identifier: Apache-2.0
// Calls that wait for ever when they are made as here: the table from which tests take threads that wait in a
// known call.
#pragma once

#include <functional>
#include <vector>

namespace wedged::test {

struct BlockingCall {
  const char* name;
  long number;
  // In the process that will make the call. The result makes it, and makes no other.
  std::function<std::function<void()>()> prepare;
};

[[nodiscard]] const std::vector<BlockingCall>& blocking_calls();

}  // namespace wedged::test
