// SPDX-License-Identifier: Apache-2.0
// On real processes, which the tests start themselves; what the kernel says about them is made up.
#include "action/killer.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include <filesystem>
#include <future>
#include <iterator>
#include <thread>
#include <vector>

#include "child.h"
#include "support/builders.h"

namespace wedged {
namespace {

using test::a_finding;
using test::a_thread;
using test::Child;

test::TaskBuilder waiting_in(const Child& child) {
  return a_thread().of_process(child.pid()).in_d_state().switches(7);
}

Decision decision_on(const Finding& finding, int signal_number = SIGTERM, Verdict verdict = Verdict::act) {
  Decision decision;
  decision.finding = finding;
  decision.rule = "r";
  decision.rung = {ActionKind::signal, signal_number, {}};
  decision.verdict = verdict;
  return decision;
}

// Answers each look with the task as it is said to be now, and remembers whom it was asked about.
struct World {
  Result<Task> now = Error{ErrorKind::gone, "no such task"};
  std::vector<TaskId> asked;

  Killer killer() {
    return Killer{[this](const TaskId& id) -> Result<Task> {
      asked.push_back(id);
      return now;
    }};
  }
};

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

TEST(Killer, a_dry_run_finds_out_everything_and_sends_nothing) {
  Child child;
  const Finding finding = a_finding().of(waiting_in(child));
  World world{Task(waiting_in(child)), {}};
  EXPECT_EQ(world.killer().execute(decision_on(finding, SIGKILL, Verdict::dry_run), {}).kind,
            OutcomeKind::dry_run);
  world.now = Task(waiting_in(child).running());
  EXPECT_EQ(world.killer().execute(decision_on(finding, SIGKILL, Verdict::dry_run), {}).kind,
            OutcomeKind::changed);
  EXPECT_TRUE(child.is_alive());
}

TEST(Killer, a_log_line_touches_nobody) {
  World world;
  Decision decision = decision_on(a_finding().of(a_thread().of_process(1)));
  decision.rung = {};
  EXPECT_EQ(world.killer().execute(decision, {}).kind, OutcomeKind::done);
  decision.verdict = Verdict::dry_run;
  EXPECT_EQ(world.killer().execute(decision, {}).kind, OutcomeKind::dry_run);
  decision.verdict = Verdict::refuse;
  EXPECT_EQ(world.killer().execute(decision, {}).kind, OutcomeKind::failed);
  EXPECT_TRUE(world.asked.empty());
}

TEST(Killer, what_no_decision_should_ask_for_is_not_done) {
  Child child;
  const Finding finding = a_finding().of(waiting_in(child));
  const auto unknown_start = a_thread().of_process(child.pid(), 0).in_d_state();
  const std::vector<Decision> absurd{
      decision_on(finding, SIGKILL, Verdict::refuse),
      decision_on(finding, 0),
      decision_on(finding, SIGSTOP),
      decision_on(finding, 1000),
      decision_on(a_finding().of(unknown_start), SIGKILL),
      decision_on(a_finding().of(waiting_in(child).kernel_thread()), SIGKILL),
      decision_on(a_finding().of(a_thread().of_process(1)), SIGKILL),
      decision_on(a_finding().of(a_thread().of_process(0)), SIGKILL),
      decision_on(a_finding().of(a_thread().of_process(-child.pid())), SIGKILL),
      decision_on(a_finding().of(a_thread().of_process(::getpid())), SIGKILL),
  };
  for (const Decision& decision : absurd) {
    World world{decision.finding.task, {}};
    EXPECT_EQ(world.killer().execute(decision, {}).kind, OutcomeKind::failed);
    EXPECT_TRUE(world.asked.empty());
  }
  EXPECT_TRUE(child.is_alive());
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

TEST(Killer, it_keeps_no_descriptor) {
  const std::size_t before = open_descriptors();
  for (int i = 0; i < 10; ++i) {
    Child child;
    World world{Task(waiting_in(child)), {}};
    const Finding finding = a_finding().of(waiting_in(child));
    EXPECT_EQ(world.killer().execute(decision_on(finding, SIGTERM, Verdict::dry_run), {}).kind,
              OutcomeKind::dry_run);
    EXPECT_EQ(world.killer().execute(decision_on(finding), {}).kind, OutcomeKind::done);
  }
  EXPECT_EQ(open_descriptors(), before);
}

void set_cap_kill(bool wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  ASSERT_EQ(::syscall(SYS_capget, &header, data), 0);
  data[0].effective = wanted ? data[0].effective | (1U << CAP_KILL) : data[0].effective & ~(1U << CAP_KILL);
  ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
}

TEST(KillerSelfTest, it_passes_with_the_right_to_signal) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs CAP_KILL";
  const Status status = Killer::self_test();
  EXPECT_TRUE(status.ok()) << status.error().message;
}

TEST(KillerSelfTest, it_names_the_right_that_is_missing) {
  const bool privileged = ::geteuid() == 0;
  if (privileged) set_cap_kill(false);
  const Status status = Killer::self_test();
  if (privileged) set_cap_kill(true);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::denied);
  EXPECT_NE(status.error().message.find("CAP_KILL"), std::string::npos);
}

}  // namespace
}  // namespace wedged
