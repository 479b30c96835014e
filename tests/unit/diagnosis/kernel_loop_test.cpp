// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include "support.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::a_thread;
using test::found;
using test::TaskBuilder;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TaskBuilder spinner(Duration looping = 11s) {
  return a_thread().in_call(SYS_copy_file_range).looping_for(looping);
}

// A second later: it took most of that second in the kernel, and was put off its CPU for others twice.
TaskBuilder later(TaskBuilder task) {
  return task.used(900ms, 0ms).switches(19);
}

std::vector<Finding> found_looping(const TaskBuilder& task) {
  return found({task}, {later(task)});
}

TEST(KernelLoop, is_found_while_it_takes_a_cpu_in_one_call) {
  const auto findings = found_looping(spinner());
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::kernel_loop);
  EXPECT_EQ(findings[0].certainty, Certainty::likely);
  EXPECT_EQ(findings[0].lasted, 11s);
  EXPECT_FALSE(findings[0].since_exact) << "since then at the latest";
  EXPECT_THAT(findings[0].summary,
              HasSubstr("has run in the kernel for 11 s: copy_file_range neither sleeps nor returns"));
  EXPECT_THAT(findings[0].evidence, Contains(HasSubstr("(reported from 10 s on)")));
  EXPECT_THAT(findings[0].evidence,
              Contains(HasSubstr("900 ms of CPU in the kernel and none in the program")));
}

TEST(KernelLoop, names_the_function_in_which_it_runs) {
  Task before = spinner();
  before.details->kernel_stack = {"preempt_schedule_irq+0x5/0x40", "irqentry_exit+0x1/0x2",
                                  "asm_sysvec_apic_timer_interrupt+0x1a/0x20",
                                  "splice_direct_to_actor+0x10/0x90", "do_splice_direct+0x8/0x40"};
  Task now = before;
  now.system_time_ns += 1'000'000;
  EXPECT_THAT(found({before}, {now}).at(0).chain, Contains(BlameLink{"runs in", "splice_direct_to_actor"}));
}

TEST(KernelLoop, does_not_fire_at_the_threshold) {
  EXPECT_THAT(found_looping(spinner(10s)), IsEmpty());
}

TEST(KernelLoop, needs_two_samples) {
  EXPECT_THAT(found({}, {later(spinner())}), IsEmpty());
}

TEST(KernelLoop, without_the_begin_of_the_loop_nothing_is_told) {
  const auto busy = a_thread().in_call(SYS_copy_file_range).running();
  EXPECT_THAT(found_looping(busy), IsEmpty());
}

TEST(KernelLoop, without_system_time_it_is_no_loop_but_waits_for_a_cpu) {
  EXPECT_THAT(found({spinner()}, {spinner()}), IsEmpty());
}

TEST(KernelLoop, a_program_or_a_guest_that_runs_in_user_mode_is_no_loop) {
  EXPECT_THAT(found({spinner()}, {spinner().used(100ms, 1ms)}), IsEmpty());
}

TEST(KernelLoop, a_sleep_in_between_begins_anew) {
  Task slept = later(spinner());
  *slept.scheduling.looping_since += 1ms;
  EXPECT_THAT(found({spinner()}, {slept}), IsEmpty());
}

TEST(KernelLoop, another_call_of_the_same_kind_is_another) {
  EXPECT_THAT(found({spinner()}, {later(spinner()).in_call(SYS_copy_file_range, 2).running()}), IsEmpty());
}

TEST(KernelLoop, who_sleeps_or_is_outside_of_calls_does_not_loop) {
  EXPECT_THAT(found_looping(spinner().state(RunState::sleeping)), IsEmpty());
  EXPECT_THAT(found_looping(a_thread().looping_for(1h)), IsEmpty());
}

TEST(KernelLoop, a_thread_that_exits_frees_its_memory) {
  Task before = spinner();
  before.exiting = true;
  Task now = later(spinner());
  now.exiting = true;
  EXPECT_THAT(found({before}, {now}), IsEmpty());
}

TEST(KernelLoop, is_not_slow_as_well) {
  const auto task = a_thread().in_call(SYS_munmap).for_(70s).looping_for(70s);
  const auto findings = found_looping(task);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].key.cause, Cause::kernel_loop);
}

TEST(KernelLoop, time_that_the_monitor_did_not_run_does_not_count) {
  History history{1s};
  const auto task = spinner(6s);  // at the second scan
  (void)history.advance(test::snapshot_of({task}, -5s));
  EXPECT_THAT(diagnose(history.advance(test::snapshot_of({later(task)}, 5s)), {}), IsEmpty());
}

}  // namespace
}  // namespace wedged
