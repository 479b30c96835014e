// SPDX-License-Identifier: Apache-2.0
// KernelTest: what every test on the real kernel shares. It runs as root on a kernel with type information,
// or it is skipped with the reason; a test that compared nothing fails, so that nothing is green without
// having been looked at.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>

#include "util/clock.h"

namespace wedged::test {

class KernelTest : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;  // prints the number of comparisons
};

// True where a machine that lacks something must fail instead of skipping.
[[nodiscard]] bool kernel_is_required();

void count_comparison();

template <typename T>
void same(const std::string& what, const T& observed, const std::type_identity_t<T>& expected) {
  count_comparison();
  EXPECT_EQ(observed, expected) << what;
}

template <typename T>
void between(const std::string& what, const std::type_identity_t<T>& low, const T& observed,
             const std::type_identity_t<T>& high) {
  count_comparison();
  EXPECT_LE(low, observed) << what;
  EXPECT_LE(observed, high) << what;
}

inline void holds(const std::string& what, bool condition) {
  count_comparison();
  EXPECT_TRUE(condition) << what;
}

// Waits for what certainly comes; throws, and so fails the test, if it has not come long after.
void await(const std::string& what, const std::function<bool()>& has_come);

void pause_for(Duration duration);
[[nodiscard]] Instant now();
[[nodiscard]] std::int64_t ns(Instant at);

}  // namespace wedged::test

// Ends the test where the machine lacks what it is about.
#define WEDGED_SKIP(reason)                                                            \
  do {                                                                                 \
    if (::wedged::test::kernel_is_required()) FAIL() << "required, but: " << (reason); \
    GTEST_SKIP() << (reason);                                                          \
  } while (false)
