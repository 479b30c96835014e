// SPDX-License-Identifier: Apache-2.0
// Hooks and the jobs that they are: real programs, which end well, badly or not at all.
#include "action/hook.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "host_world.h"

namespace wedged {
namespace {

using namespace std::chrono_literals;
using test::Child;
using test::HostWorld;

Rung hook(const std::string& script, Duration timeout = 60s) {
  Rung rung;
  rung.action = ActionKind::hook;
  rung.hook.command = {"/bin/sh", "-c", script};
  rung.hook.timeout = timeout;
  return rung;
}

class HookTest : public testing::Test {
 protected:
  Outcome run(const Rung& rung, Verdict verdict = Verdict::act) {
    return world.run(world.decision_about(suspect, rung, verdict));
  }
  [[nodiscard]] std::string said(const std::string& script) { return run(hook(script)).detail; }

  HostWorld world;
  Child suspect;
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator entries{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

// Descendants that this process would have to reap, the suspect aside.
std::size_t children() {
  std::ifstream file("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  return static_cast<std::size_t>(std::distance(std::istream_iterator<int>(file), {}));
}

bool is_there(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string name;
  char state = 'X';
  return (file >> pid >> name >> state) && state != 'Z' && state != 'X';
}

void wait_until_gone(int pid) {
  while (is_there(pid)) std::this_thread::sleep_for(1ms);
}

TEST_F(HookTest, it_reads_the_finding_on_its_standard_input) {
  EXPECT_EQ(said("cat"), R"({"rule":"r"})");
}

TEST_F(HookTest, input_larger_than_any_pipe_is_handed_over_whole) {
  auto parts = world.parts();
  parts.render = [](const Decision&) { return std::string(8 << 20, 'x'); };
  HostExecutor executor(parts);
  auto outcome =
      executor.execute(world.decision_about(suspect, hook("wc -c")), world.policy, HostWorld::now());
  EXPECT_EQ(outcome.kind, OutcomeKind::started);
  std::vector<Outcome> ended;
  while (ended.empty()) ended = executor.finished(HostWorld::now());
  EXPECT_EQ(ended[0].detail, std::to_string(8 << 20));
}

TEST_F(HookTest, its_environment_is_what_the_docs_say_and_nothing_else) {
  Decision decision = world.decision_about(
      suspect, hook("/usr/bin/env -u PWD -u SHLVL -u _ sort -z /proc/self/environ | tr '\\0' '|'"));
  decision.rung_number = 2;
  const auto outcome = world.run(decision);
  EXPECT_EQ(outcome.detail,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|"
            "WEDGED_CAUSE=uninterruptible_wait|WEDGED_CERTAINTY=" +
                std::string(name_of(decision.finding.certainty)) + "|WEDGED_COMM=victim|WEDGED_PID=" +
                std::to_string(suspect.pid()) + "|WEDGED_RULE=r|WEDGED_STEP=3|WEDGED_UNIT=db.service|");
}

TEST_F(HookTest, status_zero_is_done_and_all_else_has_failed) {
  EXPECT_EQ(run(hook("echo fenced; exit 0")).kind, OutcomeKind::done);
  const auto bad = run(hook("echo no quorum >&2; echo more; exit 3"));
  EXPECT_EQ(bad.kind, OutcomeKind::failed);
  EXPECT_EQ(bad.detail, "/bin/sh: exit status 3: no quorum");
  const auto killed = run(hook("kill -SEGV $$"));
  EXPECT_EQ(killed.kind, OutcomeKind::failed);
  EXPECT_EQ(killed.detail, "/bin/sh died of SIGSEGV");
}

TEST_F(HookTest, a_program_that_is_not_there_has_failed_in_a_dry_run_too) {
  Rung rung = hook("");
  for (const std::string program : {"/no/such/program", "/etc/passwd", "/etc"}) {
    rung.hook.command = {program};
    for (const Verdict verdict : {Verdict::act, Verdict::dry_run}) {
      const auto outcome = run(rung, verdict);
      EXPECT_EQ(outcome.kind, OutcomeKind::failed) << program;
      EXPECT_NE(outcome.detail.find("start " + program), std::string::npos) << outcome.detail;
    }
  }
}

TEST_F(HookTest, a_dry_run_runs_nothing) {
  const auto file = testing::TempDir() + "wedged-hook-" + std::to_string(::getpid());
  EXPECT_EQ(run(hook("touch " + file), Verdict::dry_run).kind, OutcomeKind::dry_run);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HookTest, nothing_is_run_for_a_finding_that_holds_no_longer) {
  const auto decision = world.decision_about(suspect, hook("exit 0"));
  world.suspect->switch_count = 8;
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::changed);
}

TEST_F(HookTest, one_that_is_late_is_killed_with_all_that_it_started) {
  // The grandchild keeps the output open and ignores what can be ignored.
  const auto script =
      "trap '' TERM HUP INT; (trap '' TERM HUP INT; while :; do sleep 1; done) & echo $!; wait; sleep 1000";
  // Enough to have said the grandchild's id, even where sanitizers are slow and the machine is busy.
  const auto decision = world.decision_about(suspect, hook(script, 3s));
  ASSERT_EQ(world.executor().execute(decision, world.policy, HostWorld::now()).kind, OutcomeKind::started);
  const auto outcome = world.wait_for_end();
  EXPECT_EQ(outcome.kind, OutcomeKind::timed_out);
  const auto colon = outcome.detail.rfind(' ');
  const int grandchild = std::atoi(outcome.detail.c_str() + colon);
  ASSERT_GT(grandchild, 1) << outcome.detail;
  wait_until_gone(grandchild);
}

TEST_F(HookTest, what_is_left_running_ends_with_the_hook) {
  const int left = std::atoi(said("sleep 1000 & echo $!").c_str());
  ASSERT_GT(left, 1);
  wait_until_gone(left);
}

TEST_F(HookTest, a_flood_of_output_is_read_and_its_beginning_kept) {
  const auto outcome = run(hook("echo first; yes | head -c 3000000"));
  EXPECT_EQ(outcome.kind, OutcomeKind::done);
  EXPECT_EQ(outcome.detail, "first");
}

TEST_F(HookTest, its_limits_bite) {
  EXPECT_EQ(said("ulimit -n"), "256");
  EXPECT_EQ(said("ulimit -c"), "0");
  EXPECT_EQ(said("ulimit -v"), std::to_string(256 << 10));
  EXPECT_EQ(said("ulimit -t"), "61");
  Rung rung = hook("head -c 200000000 /dev/zero | tail -c 200000000 >/dev/null");
  rung.hook.memory_bytes = 64 << 20;
  EXPECT_EQ(run(rung).kind, OutcomeKind::failed);
}

TEST_F(HookTest, it_inherits_no_descriptor_no_blocked_signal_and_no_ignored_one) {
  EXPECT_EQ(said("ls /proc/self/fd | tr '\\n' ' '"), "0 1 2 3 ");  // ls's own is the last
  EXPECT_EQ(said("grep -E '^Sig(Blk|Ign)' /proc/$$/status | cut -f2 | tr '\\n' ' '"),
            "0000000000000000 0000000000000000 ");
}

TEST_F(HookTest, it_leads_a_session_of_its_own) {
  EXPECT_EQ(said("set -- $(cat /proc/$$/stat); [ $5 = $$ ] && [ $6 = $$ ] && pwd"), "/");
}

TEST_F(HookTest, eight_run_at_once_and_the_others_have_failed) {
  int started = 0, refused = 0;
  for (int i = 0; i < 200; ++i) {
    const auto decision = world.decision_about(suspect, hook("sleep 1000"));
    const auto outcome = world.executor().execute(decision, world.policy, HostWorld::now());
    started += outcome.kind == OutcomeKind::started;
    refused += outcome.kind == OutcomeKind::failed && outcome.detail.starts_with("too many jobs");
  }
  EXPECT_EQ(started, 8);
  EXPECT_EQ(refused, 192);
  EXPECT_EQ(world.executor().room().jobs, 0U);
  EXPECT_EQ(world.executor().abandon(HostWorld::now()).size(), 8U);
  EXPECT_EQ(children(), 1U) << "the suspect";
}

TEST_F(HookTest, it_is_run_for_a_kernel_thread_too) {
  auto decision = world.decision_about(suspect, hook("echo fenced"));
  decision.finding.task.kernel_thread = world.suspect->kernel_thread = true;
  EXPECT_EQ(world.run(decision).detail, "fenced");
}

TEST_F(HookTest, what_ends_with_the_monitor_is_told) {
  const auto decision = world.decision_about(suspect, hook("sleep 1000"));
  static_cast<void>(world.executor().execute(decision, world.policy, HostWorld::now()));
  const auto ended = world.executor().abandon(HostWorld::now());
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].kind, OutcomeKind::failed);
  EXPECT_EQ(ended[0].detail, "the monitor was stopped, and did not wait for its end");
  EXPECT_TRUE(world.executor().abandon(HostWorld::now()).empty()) << "once";
}

TEST_F(HookTest, no_descriptor_and_no_zombie_is_left) {
  run(hook("exit 0"));
  const auto before = open_descriptors();
  for (int i = 0; i < 10; ++i) {
    run(hook("exit 1"));
    run(hook("sleep 1000", 20ms));
    run(hook("exit 0"), Verdict::dry_run);
  }
  while (children() > 1) static_cast<void>(world.executor().finished(HostWorld::now()));
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace wedged
