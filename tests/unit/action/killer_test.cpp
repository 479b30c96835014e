// SPDX-License-Identifier: Apache-2.0
// Signals and real processes: who gets one, and who must not.
#include "action/killer.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "killer_world.h"

namespace wedged {
namespace {

using test::a_finding;
using test::a_thread;
using test::Child;
using test::decision_on;
using test::waiting_in;
using test::World;

TEST(Killer, a_verified_signal_reaches_its_process) {
  for (const int signal_number : {SIGTERM, SIGKILL, SIGABRT}) {
    Child child;
    World world{Task(waiting_in(child)), {}};
    const Finding finding = a_finding().of(waiting_in(child));
    const Outcome outcome = world.killer().execute(decision_on(finding, signal_number), test::test_now);
    EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
    EXPECT_EQ(outcome.at, test::test_now);
    EXPECT_EQ(outcome.decision.finding.key, finding.key);
    EXPECT_EQ(child.signal_that_ended_it(), signal_number);
  }
}

TEST(Killer, the_stuck_thread_itself_is_looked_at_again_and_the_process_is_signalled) {
  Child child;
  const auto thread = waiting_in(child).thread(77);
  World world{Task(thread), {}};
  EXPECT_EQ(world.killer().execute(decision_on(a_finding().of(thread)), {}).kind, OutcomeKind::done);
  EXPECT_EQ(world.asked, (std::vector<TaskId>{{child.pid(), 77, 2'000'000}}));
  EXPECT_EQ(child.signal_that_ended_it(), SIGTERM);
}

TEST(Killer, a_thread_that_recovers_before_the_signal_is_not_killed) {
  Child child;
  const Finding finding = a_finding().of(waiting_in(child));
  for (const Task& now : std::vector<Task>{waiting_in(child).running(), waiting_in(child).switches(8)}) {
    World world{now, {}};
    const Outcome outcome = world.killer().execute(decision_on(finding, SIGKILL), {});
    EXPECT_EQ(outcome.kind, OutcomeKind::changed);
    EXPECT_FALSE(outcome.detail.empty());
  }
  EXPECT_TRUE(child.is_alive());
}

TEST(Killer, a_process_that_got_a_recycled_id_is_not_killed) {
  Child child;
  const Finding finding = a_finding().of(a_thread().of_process(child.pid(), 5).in_d_state().switches(7));
  World world{Task(waiting_in(child)), {}};
  EXPECT_EQ(world.killer().execute(decision_on(finding, SIGKILL), {}).kind, OutcomeKind::changed);
  world.now = Error{ErrorKind::gone, "no such task"};
  EXPECT_EQ(world.killer().execute(decision_on(finding, SIGKILL), {}).kind, OutcomeKind::changed)
      << "a sampler that compares the start itself finds nobody";
  EXPECT_TRUE(child.is_alive());
}

TEST(Killer, a_process_that_is_gone_is_not_signalled) {
  World world;
  const Finding finding = a_finding().of(a_thread().of_process(Child::ended()).in_d_state());
  EXPECT_EQ(world.killer().execute(decision_on(finding), {}).kind, OutcomeKind::gone);
  EXPECT_TRUE(world.asked.empty());
}

TEST(Killer, a_process_that_ends_meanwhile_is_gone_and_not_changed) {
  Child child;
  const Finding finding = a_finding().of(waiting_in(child));
  Killer killer{[&](const TaskId&) -> Result<Task> {
    ::kill(child.pid(), SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
    return Error{ErrorKind::gone, "no such task"};
  }};
  EXPECT_EQ(killer.execute(decision_on(finding), {}).kind, OutcomeKind::gone);
}

TEST(Killer, an_id_that_is_only_a_threads_now_is_gone) {
  std::promise<int> tid;
  std::promise<void> done;
  std::thread thread{[&] {
    tid.set_value(static_cast<int>(::syscall(SYS_gettid)));
    done.get_future().wait();
  }};
  World world;
  const Finding finding = a_finding().of(a_thread().of_process(tid.get_future().get()).in_d_state());
  EXPECT_EQ(world.killer().execute(decision_on(finding, SIGKILL), {}).kind, OutcomeKind::gone);
  done.set_value();
  thread.join();
}

TEST(Killer, a_look_that_fails_is_no_leave_to_kill) {
  Child child;
  World world{Error{ErrorKind::system, "out of memory"}, {}};
  const Outcome outcome = world.killer().execute(decision_on(a_finding().of(waiting_in(child)), SIGKILL), {});
  EXPECT_EQ(outcome.kind, OutcomeKind::failed);
  EXPECT_NE(outcome.detail.find("out of memory"), std::string::npos);
  EXPECT_TRUE(child.is_alive());
}

TEST(Killer, an_unkillable_process_is_known_by_any_thread_that_is_left) {
  Child child;
  const auto thread = waiting_in(child).thread(77);
  const auto other = waiting_in(child).thread(78);
  const Finding finding = a_finding().cause(Cause::unkillable).of(thread).and_thread(other);
  std::vector<int> asked;
  const TaskId leader{child.pid(), child.pid(), 1'000'000};
  Killer killer{[&](const TaskId& id) -> Result<Task> {
    asked.push_back(id.tid);
    if (id == leader) return Task(a_thread().of_process(child.pid()).state(RunState::dead));
    return Error{ErrorKind::gone, "no such task"};
  }};
  EXPECT_EQ(killer.execute(decision_on(finding, SIGKILL), {}).kind, OutcomeKind::done);
  EXPECT_EQ(asked, (std::vector<int>{77, 77, 78, child.pid()}));
  EXPECT_EQ(child.signal_that_ended_it(), SIGKILL);
}

TEST(Killer, an_unkillable_process_whose_id_was_recycled_is_not_killed) {
  Child child;
  const Finding finding =
      a_finding().cause(Cause::unkillable).of(a_thread().of_process(child.pid(), 5).in_d_state());
  World world{Task(waiting_in(child)), {}};
  EXPECT_EQ(world.killer().execute(decision_on(finding, SIGKILL), {}).kind, OutcomeKind::changed);
  EXPECT_TRUE(child.is_alive());
}

bool has_dead_leader(const Child& child) {
  std::ifstream file("/proc/" + std::to_string(child.pid()) + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  return stat.find(") Z ") != std::string::npos;
}

TEST(Killer, a_process_whose_main_thread_is_dead_is_killed_all_the_same) {
  for (const Cause cause : {Cause::died_in_kernel, Cause::lost_leader}) {
    Child child{Child::lose_the_leader};
    while (!has_dead_leader(child)) std::this_thread::yield();
    const auto survivor = a_thread().of_process(child.pid()).thread(77);
    World world{Task(survivor), {}};
    const Outcome outcome =
        world.killer().execute(decision_on(a_finding().cause(cause).of(survivor), SIGKILL), {});
    EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
    EXPECT_EQ(child.signal_that_ended_it(), SIGKILL);
  }
}

TEST(Killer, a_process_whose_main_thread_alone_is_dead_has_not_ended) {
  Child child{Child::lose_the_leader};
  while (!has_dead_leader(child)) std::this_thread::yield();
  const auto survivor = a_thread().of_process(child.pid()).thread(77);
  World world;
  const Outcome outcome =
      world.killer().execute(decision_on(a_finding().cause(Cause::died_in_kernel).of(survivor), SIGKILL), {});
  EXPECT_EQ(outcome.kind, OutcomeKind::changed) << "nobody was found who could stand for it";
  EXPECT_TRUE(child.is_alive());
}

}  // namespace
}  // namespace wedged
