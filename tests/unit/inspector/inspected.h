// SPDX-License-Identifier: Apache-2.0
// What a child of its own answers to one request.
#pragma once

#include <gtest/gtest.h>

#include "asking.h"

namespace wedged::test {

inline InspectReply inspected(const InspectRequest& request) {
  Inspector inspector(INSPECTOR_CHILD, {.deadline = long_enough});
  inspector.request(request);
  auto replies = inspector.wait_for_all(long_enough);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? InspectReply{} : replies.front();
}

}  // namespace wedged::test
