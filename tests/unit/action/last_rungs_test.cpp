// SPDX-License-Identifier: Apache-2.0
// The rungs that change the host itself, as far as they go without doing so: restarts of units, reboots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "action/unit_bus.h"
#include "host_world.h"

namespace wedged {
namespace {

using test::a_member;
using test::Child;
using test::HostWorld;

Rung rung_of(ActionKind action) {
  Rung rung;
  rung.action = action;
  return rung;
}

class Trigger {
 public:
  Trigger() { std::ofstream{path}; }
  Trigger(const Trigger&) = delete;
  Trigger& operator=(const Trigger&) = delete;
  ~Trigger() { std::filesystem::remove(path); }
  [[nodiscard]] std::string text() const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::string path = testing::TempDir() + "wedged-sysrq-" + std::to_string(::getpid());
};

TEST(Reboot, it_is_one_letter_to_the_trigger_if_the_policy_allows_it) {
  HostWorld world;
  const Trigger trigger;
  Child suspect;
  world.sysrq_trigger = trigger.path;
  const auto decision = world.decision_about(suspect, rung_of(ActionKind::reboot));
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::failed);
  EXPECT_EQ(trigger.text(), "");
  world.policy.allow_reboot = true;
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::done);
  EXPECT_EQ(trigger.text(), "b");
}

TEST(Reboot, a_dry_run_looks_whether_the_trigger_is_there_and_leaves_it) {
  HostWorld world;
  const Trigger trigger;
  Child suspect;
  world.policy.allow_reboot = true;
  world.sysrq_trigger = "/no/such/trigger";
  const auto decision = world.decision_about(suspect, rung_of(ActionKind::reboot), Verdict::dry_run);
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::failed);
  HostWorld other;
  other.policy.allow_reboot = true;
  other.sysrq_trigger = trigger.path;
  const auto same = other.decision_about(suspect, rung_of(ActionKind::reboot), Verdict::dry_run);
  EXPECT_EQ(other.run(same).kind, OutcomeKind::dry_run);
  EXPECT_EQ(trigger.text(), "");
}

// A kernel thread in D state on the data disk is what a fence is for.
TEST(Reboot, it_is_for_whatever_is_stuck) {
  HostWorld world;
  const Trigger trigger;
  Child suspect;
  world.sysrq_trigger = trigger.path;
  world.policy.allow_reboot = true;
  auto decision = world.decision_about(suspect, rung_of(ActionKind::reboot));
  decision.finding.task.kernel_thread = world.suspect->kernel_thread = true;
  const auto outcome = world.run(decision);
  EXPECT_EQ(outcome.kind, OutcomeKind::done) << outcome.detail;
  EXPECT_EQ(trigger.text(), "b");
}

TEST(Reboot, not_for_a_finding_that_holds_no_longer) {
  HostWorld world;
  const Trigger trigger;
  Child suspect;
  world.sysrq_trigger = trigger.path;
  world.policy.allow_reboot = true;
  const auto decision = world.decision_about(suspect, rung_of(ActionKind::reboot));
  world.suspect->switch_count = 8;
  EXPECT_EQ(world.run(decision).kind, OutcomeKind::changed);
  EXPECT_EQ(trigger.text(), "");
}

// Says with which arguments it was started.
class UnitRestart : public testing::Test {
 protected:
  UnitRestart() {
    std::ofstream(aide) << "#!/bin/sh\necho \"$*\"\n";
    std::filesystem::permissions(aide, std::filesystem::perms::owner_all);
    world.own_executable = aide;
    world.members.set(a_member(suspect.pid()));
  }
  void TearDown() override { std::filesystem::remove(aide); }
  Decision decision(Verdict verdict = Verdict::act) {
    return world.decision_about(suspect, rung_of(ActionKind::restart_unit), verdict);
  }

  const std::string aide = testing::TempDir() + "wedged-aide-" + std::to_string(::getpid());
  HostWorld world;
  Child suspect;
};

TEST_F(UnitRestart, an_aide_restarts_the_unit_that_has_this_cgroup) {
  auto wanted = decision();
  EXPECT_EQ(world.run(wanted).detail, "internal-restart do db.service /system.slice/db.service 100000 ")
      << "longer than systemd itself waits before it kills";
  wanted.rung.grace = std::chrono::minutes(5);
  const auto outcome = world.run(wanted);
  EXPECT_EQ(outcome.kind, OutcomeKind::done);
  EXPECT_EQ(outcome.detail, "internal-restart do db.service /system.slice/db.service 300000 ");
}

TEST_F(UnitRestart, a_dry_run_asks_only) {
  const auto outcome = world.run(decision(Verdict::dry_run));
  EXPECT_EQ(outcome.kind, OutcomeKind::dry_run);
  EXPECT_THAT(outcome.detail, testing::StartsWith("internal-restart rehearse db.service"));
}

TEST_F(UnitRestart, a_unit_that_holds_a_guarded_process_or_the_monitor_is_left_alone) {
  Child other;
  world.members.set(a_member(other.pid(), "sshd"));
  EXPECT_EQ(world.run(decision()).kind, OutcomeKind::guarded);
  world.members.set(a_member(other.pid()));
  world.members.set(a_member(::getpid(), "wedged", 3));
  EXPECT_EQ(world.run(decision()).kind, OutcomeKind::guarded);
}

TEST_F(UnitRestart, units_of_others_than_the_hosts_manager_and_unknown_ones_are_left_alone) {
  auto odd = decision();
  odd.finding.unit.clear();
  EXPECT_EQ(world.run(odd).kind, OutcomeKind::failed);
  odd.finding.unit = "dbus.service";
  EXPECT_EQ(world.run(odd).kind, OutcomeKind::guarded);
  odd.finding.unit = "other.service";
  EXPECT_EQ(world.run(odd).kind, OutcomeKind::failed);
  odd = decision();
  odd.finding.task.details->cgroup = "/user.slice/user-1000.slice/user@1000.service/app.slice/db.service";
  const auto outcome = world.run(odd);
  EXPECT_EQ(outcome.kind, OutcomeKind::failed);
  EXPECT_THAT(outcome.detail, testing::HasSubstr("no unit of the host's service manager"));
}

TEST_F(UnitRestart, without_systemd_it_has_failed_and_says_so) {
  if (has_service_manager()) GTEST_SKIP() << "this host has systemd, and it is left alone";
  world.own_executable = ACTION_AIDE;
  const auto outcome = world.run(decision(Verdict::dry_run));
  EXPECT_EQ(outcome.kind, OutcomeKind::failed);
  EXPECT_THAT(outcome.detail, testing::HasSubstr("systemd"));
}

TEST(HostSelfTest, it_asks_for_what_the_ladders_of_enforced_rules_need) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs CAP_KILL";
  HostWorld world;
  world.sysrq_trigger = "/no/such/trigger";
  Rule rule;
  rule.name = "fence";
  rule.ladder = {rung_of(ActionKind::reboot)};
  world.policy.rules = {rule};
  EXPECT_TRUE(world.executor().self_test(world.policy)) << "nothing is enforced";
  world.policy.enforce = true;
  const auto status = world.executor().self_test(world.policy);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, testing::HasSubstr("rule fence"));
}

TEST(HostExecutor, a_refusal_is_not_carried_out_whatever_its_rung_is) {
  HostWorld world;
  Child suspect;
  for (const ActionKind action : {ActionKind::signal, ActionKind::log, ActionKind::restart_unit,
                                  ActionKind::hook, ActionKind::dump, ActionKind::reboot})
    EXPECT_EQ(world.run(world.decision_about(suspect, rung_of(action), Verdict::refuse)).kind,
              OutcomeKind::failed);
  EXPECT_TRUE(suspect.is_alive());
}

}  // namespace
}  // namespace wedged
