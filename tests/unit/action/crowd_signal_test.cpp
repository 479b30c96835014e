// SPDX-License-Identifier: Apache-2.0
// Signals with a wider reach: everybody gets one, or nobody.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "action/crowd_killer.h"
#include "host_world.h"

namespace wedged {
namespace {

using test::a_member;
using test::Child;
using test::HostWorld;
using test::signal_rung;

const std::vector<Reach> wide{Reach::process_group, Reach::cgroup, Reach::unit};

TEST(CrowdSignal, everybody_of_the_group_the_cgroup_or_the_unit_is_signalled) {
  for (const Reach reach : wide) {
    for (const int number : {SIGTERM, SIGKILL}) {
      HostWorld world;
      Child first, second;
      world.members.set(a_member(first.pid()));
      world.members.set(a_member(second.pid()));
      const auto outcome = world.run(world.decision_about(first, signal_rung(reach, number)));
      EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
      EXPECT_NE(outcome.detail.find("2 processes"), std::string::npos) << outcome.detail;
      EXPECT_EQ(first.signal_that_ended_it(), number);
      EXPECT_EQ(second.signal_that_ended_it(), number);
    }
  }
}

TEST(CrowdSignal, it_is_started_and_ends_at_a_later_scan) {
  HostWorld world;
  Child child;
  world.members.set(a_member(child.pid()));
  const auto decision = world.decision_about(child, signal_rung(Reach::cgroup));
  EXPECT_EQ(world.executor().execute(decision, world.policy, HostWorld::now()).kind, OutcomeKind::started);
  EXPECT_EQ(world.wait_for_end().kind, OutcomeKind::done);
  EXPECT_TRUE(world.executor().finished(HostWorld::now()).empty()) << "an end is told once";
}

TEST(CrowdSignal, a_dry_run_reaches_everybody_with_nothing) {
  for (const Reach reach : wide) {
    HostWorld world;
    Child first, second;
    world.members.set(a_member(first.pid()));
    world.members.set(a_member(second.pid()));
    const auto outcome =
        world.run(world.decision_about(first, signal_rung(reach, SIGKILL), Verdict::dry_run));
    EXPECT_EQ(outcome.kind, OutcomeKind::dry_run) << outcome.detail;
    EXPECT_TRUE(first.is_alive());
    EXPECT_TRUE(second.is_alive());
  }
}

TEST(CrowdSignal, one_guarded_member_keeps_all_others_alive) {
  for (const Verdict verdict : {Verdict::act, Verdict::dry_run}) {
    for (const Reach reach : wide) {
      HostWorld world;
      Child suspect, daemon;
      world.members.set(a_member(suspect.pid()));
      world.members.set(a_member(daemon.pid(), "sshd"));
      const auto outcome = world.run(world.decision_about(suspect, signal_rung(reach, SIGKILL), verdict));
      EXPECT_EQ(outcome.kind, OutcomeKind::guarded);
      EXPECT_NE(outcome.detail.find("sshd[" + std::to_string(daemon.pid()) + "]"), std::string::npos)
          << outcome.detail;
      EXPECT_TRUE(suspect.is_alive());
      EXPECT_TRUE(daemon.is_alive());
    }
  }
}

TEST(CrowdSignal, a_member_that_becomes_a_guarded_one_meanwhile_is_not_signalled) {
  HostWorld world;
  Child suspect, other;
  world.members.set(a_member(suspect.pid()));
  world.members.set(a_member(other.pid()));
  world.members.before_one = [&](int tgid) {
    if (tgid == other.pid()) world.members.set(a_member(other.pid(), "sshd"));
  };
  const auto outcome = world.run(world.decision_about(suspect, signal_rung(Reach::cgroup)));
  EXPECT_EQ(outcome.kind, OutcomeKind::guarded) << outcome.detail;
  EXPECT_TRUE(other.is_alive());
}

TEST(CrowdSignal, a_member_whose_id_is_anothers_now_is_not_signalled) {
  HostWorld world;
  Child suspect, other;
  world.members.set(a_member(suspect.pid()));
  world.members.set(a_member(other.pid()));
  world.members.before_one = [&](int tgid) {
    if (tgid != other.pid()) return;
    auto reborn = a_member(other.pid());
    reborn.start_ticks = 200;
    world.members.set(reborn);
  };
  EXPECT_EQ(world.run(world.decision_about(suspect, signal_rung(Reach::cgroup))).kind, OutcomeKind::done);
  EXPECT_EQ(suspect.signal_that_ended_it(), SIGTERM);
  EXPECT_TRUE(other.is_alive());
}

TEST(CrowdSignal, a_member_that_leaves_meanwhile_is_not_signalled) {
  HostWorld world;
  Child suspect, other;
  world.members.set(a_member(suspect.pid()));
  world.members.set(a_member(other.pid()));
  world.members.before_one = [&](int tgid) {
    auto moved = a_member(other.pid());
    moved.cgroup = "/system.slice/other.service";
    if (tgid == other.pid()) world.members.set(moved);
  };
  EXPECT_EQ(world.run(world.decision_about(suspect, signal_rung(Reach::cgroup))).kind, OutcomeKind::done);
  EXPECT_TRUE(other.is_alive());
}

TEST(CrowdSignal, the_finding_is_verified_before_anybody_is_signalled) {
  HostWorld world;
  Child suspect, other;
  world.members.set(a_member(suspect.pid()));
  world.members.set(a_member(other.pid()));
  const auto decision = world.decision_about(suspect, signal_rung(Reach::cgroup, SIGKILL));
  world.suspect->switch_count = 8;
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::changed);
  world.suspect.reset();
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::changed);
  EXPECT_TRUE(suspect.is_alive());
  EXPECT_TRUE(other.is_alive());
}

TEST(CrowdSignal, a_suspect_that_is_not_among_them_is_nobodys_reason) {
  HostWorld world;
  Child suspect, other;
  auto elsewhere = a_member(suspect.pid());
  elsewhere.cgroup = "/system.slice/other.service";
  world.members.set(elsewhere);
  world.members.set(a_member(other.pid()));
  EXPECT_EQ(world.run(world.decision_about(suspect, signal_rung(Reach::cgroup))).kind, OutcomeKind::changed);
  EXPECT_TRUE(other.is_alive());
}

TEST(CrowdSignal, the_root_cgroup_and_the_monitors_own_are_never_reached) {
  for (const std::string cgroup : {"/", "/system.slice", "/system.slice/wedged.service"}) {
    HostWorld world;
    Child suspect;
    auto member = a_member(suspect.pid());
    member.cgroup = cgroup;
    world.members.set(member);
    auto decision = world.decision_about(suspect, signal_rung(Reach::cgroup, SIGKILL));
    decision.finding.task.details->cgroup = cgroup;
    EXPECT_EQ(world.run(decision).kind, OutcomeKind::guarded) << cgroup;
    EXPECT_TRUE(suspect.is_alive());
  }
}

TEST(CrowdSignal, the_groups_of_nobody_and_of_the_monitor_are_never_reached) {
  for (const int group : {0, 1, 3}) {
    HostWorld world;
    Child suspect;
    world.members.set(a_member(suspect.pid(), "db", group));
    const auto outcome = world.run(world.decision_about(suspect, signal_rung(Reach::process_group, SIGKILL)));
    EXPECT_EQ(outcome.kind, OutcomeKind::guarded) << group;
    EXPECT_TRUE(suspect.is_alive());
  }
}

TEST(CrowdSignal, what_is_not_known_reaches_nobody) {
  HostWorld world;
  Child suspect;
  world.members.set(a_member(suspect.pid()));
  auto decision = world.decision_about(suspect, signal_rung(Reach::unit, SIGKILL));
  decision.finding.unit = "web.service";
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::failed) << "no part of the cgroup is called so";
  decision.finding.unit.clear();
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::failed);
  decision.finding.task.details->cgroup.clear();
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::failed);
  decision = world.decision_about(suspect, signal_rung(Reach::cgroup, SIGKILL));
  world.members.set_list_error({ErrorKind::system, "input/output error"});
  const auto outcome = world.run(decision);
  EXPECT_EQ(outcome.kind, OutcomeKind::failed);
  EXPECT_EQ(outcome.detail, "input/output error");
  EXPECT_TRUE(suspect.is_alive());
}

class KillFile {
 public:
  KillFile() : folder_(testing::TempDir() + "wedged-cgroup-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/cgroup.kill").put('0');
  }
  KillFile(const KillFile&) = delete;
  KillFile& operator=(const KillFile&) = delete;
  ~KillFile() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] bool was_written() const { return std::ifstream(folder_ + "/cgroup.kill").get() == '1'; }

 private:
  std::string folder_;
};

TEST(CrowdSignal, a_cgroup_is_killed_whole_where_the_kernel_can) {
  for (const Reach reach : {Reach::cgroup, Reach::unit}) {
    HostWorld world;
    const KillFile file;
    world.cgroup_folder = file.folder();
    Child suspect;
    world.members.set(a_member(suspect.pid()));
    const auto outcome = world.run(world.decision_about(suspect, signal_rung(reach, SIGKILL)));
    EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
    EXPECT_TRUE(file.was_written());
  }
}

// A listing that hung for an hour: the unit may be well by now.
TEST(CrowdSignal, what_was_given_up_kills_nobody_later) {
  for (const bool whole : {true, false}) {
    HostWorld world;
    const KillFile file;
    Child suspect;
    world.members.set(a_member(suspect.pid()));
    std::atomic<bool> stop{false};
    world.members.before_one = [&](int) { stop = true; };
    const auto parts = world.parts();
    CrowdKiller killer({parts.members, parts.surroundings, {}}, {0, test::test_cgroup}, SIGKILL, false,
                       whole ? file.folder() + "/cgroup.kill" : "");
    EXPECT_NE(killer.signal(a_member(suspect.pid()), stop).kind, OutcomeKind::done);
    EXPECT_FALSE(file.was_written());
    EXPECT_TRUE(suspect.is_alive());
  }
}

TEST(CrowdSignal, cgroup_kill_is_for_death_alone_and_after_the_guard) {
  HostWorld world;
  const KillFile file;
  world.cgroup_folder = file.folder();
  Child suspect, guarded;
  world.members.set(a_member(suspect.pid()));
  const auto dry = world.decision_about(suspect, signal_rung(Reach::cgroup, SIGKILL), Verdict::dry_run);
  EXPECT_EQ(world.run(dry).kind, OutcomeKind::dry_run);
  EXPECT_EQ(world.run(world.decision_about(suspect, signal_rung(Reach::cgroup))).kind, OutcomeKind::done);
  Child next;
  world.members.set(a_member(next.pid()));
  world.members.set(a_member(guarded.pid(), "systemd"));
  const auto outcome = world.run(world.decision_about(next, signal_rung(Reach::cgroup, SIGKILL)));
  EXPECT_EQ(outcome.kind, OutcomeKind::guarded);
  EXPECT_FALSE(file.was_written());
}

}  // namespace
}  // namespace wedged
