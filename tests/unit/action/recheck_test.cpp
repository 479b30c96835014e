// SPDX-License-Identifier: Apache-2.0
#include "action/recheck.h"

#include <gtest/gtest.h>

#include "support/builders.h"
#include "support/loops.h"

namespace wedged {
namespace {

using test::a_finding;
using test::a_thread;

const auto waiting = [] { return a_thread().thread(4243).in_d_state().switches(7).in_call(17); };

TEST(Recheck, a_wait_that_goes_on_stands) {
  EXPECT_FALSE(change_since(a_finding().of(waiting()), waiting()));
  EXPECT_FALSE(change_since(a_finding().of(waiting()), waiting().killable())) << "both are D";
}

TEST(Recheck, a_wait_that_ended_is_a_change) {
  const Finding finding = a_finding().of(waiting());
  for (const RunState state : {RunState::running, RunState::sleeping, RunState::idle, RunState::frozen,
                               RunState::stopped, RunState::traced, RunState::dead, RunState::unknown}) {
    EXPECT_TRUE(change_since(finding, waiting().state(state)));
  }
}

TEST(Recheck, another_wait_of_the_same_kind_is_a_change) {
  EXPECT_TRUE(change_since(a_finding().of(waiting()), waiting().switches(8)));
}

TEST(Recheck, a_call_that_goes_on_stands_whatever_the_thread_does_in_it) {
  const Finding finding = a_finding().cause(Cause::slow_syscall).of(waiting());
  EXPECT_FALSE(change_since(finding, waiting().running().switches(1000)));
}

TEST(Recheck, a_call_that_was_left_is_a_change) {
  const Finding finding = a_finding().cause(Cause::slow_syscall).of(waiting());
  EXPECT_TRUE(change_since(finding, a_thread().thread(4243).running())) << "in no call";
  EXPECT_TRUE(change_since(finding, waiting().in_call(18))) << "in another call";
  EXPECT_TRUE(change_since(finding, waiting().in_call(17, 2))) << "in the next one of the same kind";
}

TEST(Recheck, a_call_that_was_never_known_cannot_be_verified) {
  const auto in_no_call = a_thread().running();
  EXPECT_TRUE(change_since(a_finding().cause(Cause::slow_syscall).of(in_no_call), in_no_call));
}

TEST(Recheck, a_process_that_exists_is_still_unkillable_whatever_its_threads_do) {
  const Finding finding = a_finding().cause(Cause::unkillable).of(waiting());
  EXPECT_FALSE(change_since(finding, waiting().running().switches(99)));
  EXPECT_FALSE(change_since(finding, a_thread().state(RunState::dead))) << "its leader";
  EXPECT_TRUE(change_since(finding, a_thread().of_process(4242, 5'000'000))) << "another process with its id";
}

TEST(Recheck, a_recycled_id_is_a_change_for_every_cause) {
  const Task reused_thread = waiting().thread(4243, 9'000'000);
  const Task reused_process =
      a_thread().of_process(4242, 5'000'000).thread(4243).in_d_state().switches(7).in_call(17);
  for (const Cause cause : all_causes) {
    const Finding finding = a_finding().cause(cause).of(waiting());
    EXPECT_TRUE(change_since(finding, reused_process)) << name_of(cause);
    if (cause == Cause::stopped) continue;  // goes by what the threads do, whichever
    EXPECT_EQ(change_since(finding, reused_thread).has_value(), !is_about_process(cause)) << name_of(cause);
  }
}

TEST(Recheck, a_loop_stands_while_it_runs_in_the_same_call_and_not_in_user_mode) {
  const auto loops = [] { return a_thread().in_call(40).looping_for({}).used(std::chrono::seconds(9), {}); };
  const Finding finding = a_finding().cause(Cause::kernel_loop).of(loops());
  EXPECT_FALSE(change_since(finding, loops().switches(99).used(std::chrono::seconds(10), {})));
  EXPECT_TRUE(change_since(finding, loops().state(RunState::sleeping)));
  EXPECT_TRUE(change_since(finding, loops().in_call(40, 2)));
  EXPECT_TRUE(change_since(finding, loops().used({}, std::chrono::nanoseconds(1))));
}

TEST(Recheck, a_starved_thread_that_got_a_turn_is_a_change) {
  const auto ready = [] { return a_thread().runnable_for({}); };
  const Finding finding = a_finding().cause(Cause::starved).of(ready());
  EXPECT_FALSE(change_since(finding, ready()));
  EXPECT_TRUE(change_since(finding, ready().switches(18)));
  EXPECT_TRUE(change_since(finding, ready().state(RunState::sleeping)));
}

TEST(Recheck, a_spin_stands_while_it_has_not_stopped_in_between) {
  using namespace std::chrono_literals;
  const auto spins = [] { return a_thread().spinning(test::a_loop().spinning_for(6s)); };
  const Finding finding = a_finding().cause(Cause::event_loop_spin).of(spins());
  EXPECT_FALSE(change_since(finding, spins().state(RunState::sleeping).switches(99).in_call(40, 7)));
  EXPECT_TRUE(change_since(finding, a_thread().spinning(test::a_loop().spinning_for(5s))));
  LoopFacts works = test::a_loop();
  works.spinning_since.reset();
  EXPECT_TRUE(change_since(finding, a_thread().spinning(works)));
  EXPECT_TRUE(change_since(finding, a_thread().running())) << "its calls are not counted any more";
}

TEST(Recheck, a_stopped_process_that_goes_on_is_a_change) {
  const Finding finding = a_finding().cause(Cause::stopped).of(waiting().state(RunState::stopped));
  EXPECT_FALSE(change_since(finding, waiting().state(RunState::stopped)));
  EXPECT_FALSE(change_since(finding, a_thread().traced_by(77))) << "another thread of it";
  EXPECT_FALSE(change_since(finding, waiting().state(RunState::sleeping).frozen_by_cgroup()));
  for (const RunState state : {RunState::running, RunState::sleeping, RunState::dead})
    EXPECT_TRUE(change_since(finding, waiting().state(state)));
}

TEST(Recheck, a_process_that_lost_a_thread_has_lost_it_for_good) {
  for (const Cause cause : {Cause::died_in_kernel, Cause::crashed_thread, Cause::lost_leader}) {
    const Finding finding = a_finding().cause(cause).of(waiting());
    EXPECT_FALSE(change_since(finding, waiting().running().switches(99))) << name_of(cause);
    EXPECT_FALSE(change_since(finding, a_thread().dead())) << name_of(cause);
  }
}

TEST(Recheck, a_main_thread_that_lives_was_not_lost) {
  EXPECT_TRUE(change_since(a_finding().cause(Cause::lost_leader).of(waiting()), a_thread()));
}

}  // namespace
}  // namespace wedged
