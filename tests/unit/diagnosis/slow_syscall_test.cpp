// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "diagnosis/syscall_limits.h"
#include "support.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found;

// In fsync for `in_call`, in its present wait for `waiting`; the second sample has switched `switches` times
// more.
std::vector<Finding> fsync_for(Duration in_call, Duration waiting, std::uint64_t switches,
                               RunState state = RunState::uninterruptible,
                               const Thresholds& thresholds = {}) {
  Task before = a_thread().state(state).for_(in_call).in_call(SYS_fsync);
  before.off_cpu_since = test::test_now - waiting;
  Task now = before;
  now.switch_count += switches;
  return found({before}, {now}, thresholds);
}

TEST(SlowSyscall, fires_while_the_call_progresses) {
  const auto findings = fsync_for(61s, 1s, 12);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, Cause::slow_syscall);
  EXPECT_EQ(findings[0].certainty, Certainty::possible);
  EXPECT_EQ(findings[0].lasted, 61s);
  EXPECT_THAT(findings[0].summary, testing::HasSubstr("it progresses"));
}

TEST(SlowSyscall, does_not_fire_just_under_its_limit) {
  EXPECT_TRUE(fsync_for(60s, 1s, 12).empty());
}

TEST(SlowSyscall, a_long_wait_within_it_does_not_make_it_flap) {
  EXPECT_EQ(fsync_for(100s, 8s, 0).size(), 1U);
}

TEST(SlowSyscall, a_stuck_call_is_an_uninterruptible_wait_and_nothing_else) {
  const auto findings = fsync_for(100s, 99s, 0);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].key.cause, Cause::uninterruptible_wait);
}

TEST(SlowSyscall, a_call_that_computes_is_slow) {
  EXPECT_EQ(fsync_for(100s, 0s, 0, RunState::running).size(), 1U);
}

TEST(SlowSyscall, another_call_of_the_same_number_is_another_call) {
  const Task before = a_thread().in_d_state().for_(100s).in_call(SYS_fsync, 7);
  Task now = before;
  now.call->sequence = 8;
  ++now.switch_count;
  EXPECT_TRUE(found({before}, {now}).empty());
}

TEST(SlowSyscall, an_interruptible_wait_is_judged_by_its_cause_not_its_length) {
  EXPECT_TRUE(fsync_for(24h, 24h, 0, RunState::sleeping).empty());
}

TEST(SlowSyscall, a_file_system_server_that_owes_the_answer_is_a_cause) {
  Task task = a_thread().state(RunState::sleeping).for_(61s).in_call(SYS_newfstatat);
  task.details->kernel_stack = {"request_wait_answer+0x1/0x2 [fuse]", "fuse_lookup+0x1/0x2 [fuse]"};
  const auto findings = found({task}, {task});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].summary, testing::HasSubstr("FUSE server"));
}

class WaitingCall : public testing::TestWithParam<std::string> {};
TEST_P(WaitingCall, may_last_a_month) {
  EXPECT_FALSE(limit_of(GetParam(), {}).has_value());
}
INSTANTIATE_TEST_SUITE_P(SlowSyscall, WaitingCall,
                         testing::Values("epoll_wait", "futex", "nanosleep", "clock_nanosleep", "accept4",
                                         "read", "poll", "wait4", "rt_sigtimedwait", "recvfrom",
                                         "io_uring_enter", "pause", "ppoll", "select"));

TEST(SyscallLimits, calls_not_made_to_wait_have_the_default) {
  EXPECT_EQ(limit_of("fsync", {}), Duration(60s));
  EXPECT_EQ(limit_of("newfstatat", {}), Duration(60s));
  EXPECT_FALSE(limit_of("", {}).has_value());
}

TEST(SyscallLimits, a_limit_of_its_own_comes_first) {
  Thresholds thresholds;
  thresholds.slow_syscall_limits = {{"fsync", std::nullopt}, {"read", 5s}};
  EXPECT_FALSE(limit_of("fsync", thresholds).has_value());
  EXPECT_EQ(limit_of("read", thresholds), Duration(5s));
}

TEST(SyscallLimits, no_default_means_no_limit) {
  Thresholds thresholds;
  thresholds.slow_syscall_default.reset();
  EXPECT_FALSE(limit_of("fsync", thresholds).has_value());
}

TEST(SyscallLimits, the_scan_looks_one_interval_and_a_half_earlier) {
  const auto limits = suspect_limits({}, 1s);
  EXPECT_EQ(limits.loop, 8500ms);
  EXPECT_EQ(limits.runnable, 8500ms);
  EXPECT_EQ(limits.stopped, 58500ms);
  EXPECT_EQ(limits.wait, 8500ms);
  EXPECT_EQ(limits.calls[SYS_fsync], 58500ms);
  EXPECT_EQ(limits.calls[SYS_futex], 0s);
  EXPECT_EQ(limits.calls[510], 0s);
}

TEST(SyscallLimits, a_threshold_below_the_interval_still_makes_suspects) {
  Thresholds thresholds;
  thresholds.uninterruptible_wait = 100ms;
  EXPECT_EQ(suspect_limits(thresholds, 1s).wait, 1ns);
}

}  // namespace
}  // namespace wedged
