// SPDX-License-Identifier: Apache-2.0
// Calls that return in time, that do not, and that throw.
#include "daemon/deadline.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace wedged {
namespace {

using namespace std::chrono_literals;

TEST(CalledWithin, what_returns_in_time_is_told) {
  EXPECT_EQ(called_within(Deadline(60s), [] { return std::string("found"); }), "found");
}

// A directory service that does not answer: the call returns as soon as the test lets it.
TEST(CalledWithin, what_takes_longer_is_left_alone_and_harms_nobody_when_it_returns) {
  std::promise<void> answer, returned;
  const auto told = called_within(Deadline(10ms), [answered = answer.get_future(), &returned]() mutable {
    answered.wait();
    returned.set_value();
    return 1;
  });
  EXPECT_EQ(told, std::nullopt);
  answer.set_value();
  EXPECT_EQ(returned.get_future().wait_for(60s), std::future_status::ready);
}

TEST(CalledWithin, what_is_thrown_is_thrown_to_the_caller) {
  EXPECT_THROW(
      static_cast<void>(called_within(Deadline(60s), []() -> int { throw std::runtime_error("no"); })),
      std::runtime_error);
}

}  // namespace
}  // namespace wedged
