// SPDX-License-Identifier: Apache-2.0
// What is done without a signal, what is not done at all, and what is left behind: nothing.
#include "action/killer.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>

#include <filesystem>
#include <iterator>
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
