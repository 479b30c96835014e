// SPDX-License-Identifier: Apache-2.0
#include "config/cause_bounds.h"

#include <gtest/gtest.h>

#include "diagnosis/cause_text.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;

TEST(CauseBounds, the_highest_certainty_is_the_surest_that_the_explanation_of_the_cause_names) {
  for (const Cause cause : all_causes) {
    if (cause == Cause::waits_for_stuck) continue;  // as its root
    const std::string_view text = certainty_text_of(cause);
    auto surest = Certainty::possible;
    for (const Certainty certainty : all_certainties) {
      if (text.find(name_of(certainty)) != std::string_view::npos) surest = certainty;
    }
    EXPECT_EQ(highest_certainty(cause), surest) << name_of(cause) << ": " << text;
  }
}

TEST(CauseBounds, a_threshold_is_the_least_duration) {
  Thresholds thresholds;
  thresholds.lock_wait = 7s;
  EXPECT_EQ(least_duration(Cause::lock_cycle, thresholds, {}), 7s);
  EXPECT_EQ(least_duration(Cause::stopped, thresholds, {}), 60s);
  EXPECT_EQ(least_duration(Cause::crashed_thread, thresholds, {}), std::nullopt);
}

TEST(CauseBounds, of_slow_calls_the_least_limit_counts) {
  Thresholds thresholds;
  thresholds.slow_syscall_limits = {{"fsync", 5s}, {"openat", std::nullopt}};
  EXPECT_EQ(least_duration(Cause::slow_syscall, thresholds, {}), 5s);
  EXPECT_EQ(least_duration(Cause::slow_syscall, thresholds, {"fsync", "unlink"}), 5s);
  EXPECT_EQ(least_duration(Cause::slow_syscall, thresholds, {"unlink"}), 60s);
  EXPECT_EQ(least_duration(Cause::slow_syscall, thresholds, {"openat"}), std::nullopt);
}

}  // namespace
}  // namespace wedged
