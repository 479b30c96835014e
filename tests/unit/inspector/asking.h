// SPDX-License-Identifier: Apache-2.0
// Requests to an inspector whose answers matter less than how they come about, and children that are odd.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "inspector/inspector.h"
#include "program.h"

namespace wedged::test {

inline constexpr auto long_enough = std::chrono::seconds(60);  // sanitizers are slow
// Of those that are to miss it: enough to start and to say what one is at, even so and on a busy machine.
inline constexpr auto soon = std::chrono::seconds(3);

// A child that behaves so: odd_child.cpp.
inline std::string odd(const std::string& behaviour) {
  return std::string(ODD_CHILDREN) + "/" + behaviour + "_child";
}

// Nobody is looked at by children that are odd.
inline InspectRequest request_for(int process) {
  return {{process, 1}, {}};
}

inline InspectRequest request_for_self() {
  return {process_of(getpid()), {}};
}

inline std::string failure_of(Inspector& inspector, const InspectRequest& request) {
  inspector.request(request);
  const auto replies = inspector.wait_for_all(long_enough);
  EXPECT_EQ(replies.size(), 1U);
  return replies.empty() ? "no reply" : replies.front().failure;
}

inline Instant now() {
  return std::chrono::steady_clock::now();
}

}  // namespace wedged::test
