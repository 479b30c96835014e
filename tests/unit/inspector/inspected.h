// SPDX-License-Identifier: Apache-2.0
// What a child of its own answers to one request.
#pragma once

#include <gtest/gtest.h>

#include <chrono>

#include "inspector/inspector.h"

namespace wedged::test {

inline InspectReply inspected(const InspectRequest& request) {
  constexpr auto long_enough = std::chrono::seconds(60);  // sanitizers are slow
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  inspector.request(request);
  auto replies = inspector.wait_for_all(long_enough);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? InspectReply{} : replies.front();
}

}  // namespace wedged::test
