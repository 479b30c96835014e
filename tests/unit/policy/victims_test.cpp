// SPDX-License-Identifier: Apache-2.0
// Roots before victims: who holds is acted on and not who waits, and who is acted on for others was meant.
#include "policy/victims.h"

#include <gtest/gtest.h>

#include "scenario.h"

namespace wedged {
namespace {

using namespace test;

Task waiter(int tgid, const std::string& cgroup = "/system.slice/victim.service") {
  return a_thread().of_process(tgid).named("waiter").cgroup(cgroup);
}

FindingBuilder a_root(int tgid = 10) {
  return stuck(tgid).waited_for_by(waiter(20)).waited_for_by(waiter(21), 40s);
}

Rule for_victims(const std::string& name, std::vector<Rung> ladder) {
  Rule rule = a_rule(name, std::move(ladder));
  rule.match.role = Role::victim;
  return rule;
}

TEST(Victims, each_process_is_one_view_with_all_its_waiting_threads) {
  Finding root = a_root().waited_for_by(a_thread().of_process(20).thread(25), 50s);
  root.victims.push_back({a_thread().of_process(10).thread(11), 1s, 1s, "a lock"});
  const auto views = victims_of(root, test_now);
  ASSERT_EQ(views.size(), 2U) << "the root's own threads are no victims to act on";
  EXPECT_EQ(views[0].key, (FindingKey{Cause::waits_for_stuck, views[0].task.id}));
  EXPECT_EQ(views[0].task.id.tid, 25) << "the thread that waits longest";
  EXPECT_EQ(views[0].threads.size(), 2U);
  EXPECT_EQ(views[0].lasted, 50s);
  EXPECT_EQ(views[0].since, test_now - 50s);
  EXPECT_EQ(views[0].certainty, root.certainty);
  EXPECT_EQ(views[1].unit, "victim.service");
}

TEST(Victims, a_rule_acts_on_roots_unless_it_asks_for_victims) {
  EXPECT_EQ(Scenario{enforcing({a_rule("r", {term()})})}.told({a_root()}), Told{"10 SIGTERM"});
}

TEST(Victims, where_no_rule_is_for_the_root_they_are_acted_on) {
  Scenario scenario{enforcing({for_victims("v", {term()})})};
  EXPECT_EQ(scenario.told({a_root()}), (Told{"21 SIGTERM", "20 SIGTERM"}));
}

TEST(Victims, they_wait_for_the_end_of_their_roots_ladder) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9(5s)}), for_victims("v", {kill_9()})})};
  EXPECT_EQ(scenario.told({a_root()}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(4s).told({a_root()}), Told{}) << "it may still help";
  EXPECT_EQ(scenario.after(1s).told({a_root()}), Told{"10 SIGKILL"});
  EXPECT_EQ(scenario.after(4s).told({a_root()}), Told{});
  EXPECT_EQ(scenario.after(1s).told({a_root()}), (Told{"21 SIGKILL", "20 SIGKILL"}));
}

TEST(Victims, a_root_that_only_limits_hold_back_is_waited_for) {
  Rule root = a_rule("r", {term()}, {1, 10min, 0s});
  Scenario scenario{enforcing({root, for_victims("v", {kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(99)}), Told{"99 SIGTERM"});
  EXPECT_EQ(scenario.after(10s).told({a_root()}), Told{"10 rule_limit"});
}

TEST(Victims, where_the_root_must_not_be_touched_they_are_acted_on) {
  Finding root = a_root();
  root.task.kernel_thread = true;
  Scenario scenario{enforcing({a_rule("r", {term()}), for_victims("v", {kill_9()})})};
  EXPECT_EQ(scenario.told({root}), (Told{"10 kernel_thread", "21 SIGKILL", "20 SIGKILL"}));
}

TEST(Victims, they_are_guarded_like_anybody) {
  Finding root = stuck(10).waited_for_by(a_thread().of_process(20).named("sshd"));
  root.victims.push_back({a_thread().of_process(1), 1s, 1s, "a lock"});
  EXPECT_EQ(Scenario{enforcing({for_victims("v", {kill_9()})})}.told({root}),
            (Told{"20 protected_name", "1 init_process"}));
}

TEST(ForeignRoot, who_is_killed_for_another_unit_must_have_been_named) {
  const Finding root = stuck(10).unit("db.service").waited_for_by(waiter(20, "/system.slice/web.service"));
  Rule rule = a_rule("r", {term()});
  Scenario unnamed{enforcing({rule})};
  const auto decisions = unnamed.scan({root});
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].refusal, Refusal::foreign_root);
  EXPECT_EQ(decisions[0].reason,
            "waiter[20] of web.service waits for it, so rule r must name the unit that it is to act on");
  rule.match.unit = {"db.service"};
  EXPECT_EQ(Scenario{enforcing({rule})}.told({root}), Told{"10 SIGTERM"});
}

TEST(ForeignRoot, a_waiter_of_nobody_knows_which_unit_is_foreign) {
  const Finding root = stuck(10).waited_for_by(a_thread().of_process(20).without_details());
  EXPECT_EQ(Scenario{enforcing({a_rule("r", {term()})})}.told({root}), Told{"10 foreign_root"});
}

TEST(ForeignRoot, waiters_of_its_own_unit_need_no_name) {
  EXPECT_EQ(Scenario{enforcing({a_rule("r", {term()})})}.told({a_root()}), Told{"10 SIGTERM"});
}

Rung rung_of(ActionKind action, Reach reach = Reach::process) {
  Rung rung = reach == Reach::process ? log_line() : kill_9();
  rung.action = action;
  rung.reach = reach;
  return rung;
}

TEST(Misfit, a_rung_that_cannot_be_taken_is_refused_with_the_reason) {
  const Finding of_scope = stuck(10).unit("session-1.scope");
  const Finding of_host = a_finding().of(a_thread().of_process(10).cgroup("/")).unit("");
  const Finding of_nobody_knows = a_finding().of(a_thread().of_process(10).cgroup("")).unit("");
  const auto told = [](const Rung& rung, const Finding& finding) {
    return Scenario{enforcing({a_rule("r", {rung})})}.told({finding});
  };
  EXPECT_EQ(told(rung_of(ActionKind::restart_unit), stuck(10)), Told{"10 restart_unit"});
  EXPECT_EQ(told(rung_of(ActionKind::restart_unit), of_scope), Told{"10 nothing_to_do"});
  EXPECT_EQ(told(rung_of(ActionKind::restart_unit), of_host), Told{"10 nothing_to_do"});
  EXPECT_EQ(told(rung_of(ActionKind::restart_unit), of_nobody_knows), Told{"10 unknown_facts"});
  EXPECT_EQ(told(rung_of(ActionKind::signal, Reach::cgroup), stuck(10)), Told{"10 SIGKILL_cgroup"});
  EXPECT_EQ(told(rung_of(ActionKind::signal, Reach::cgroup), of_host), Told{"10 nothing_to_do"});
  EXPECT_EQ(told(rung_of(ActionKind::signal, Reach::cgroup), of_nobody_knows), Told{"10 unknown_facts"});
  EXPECT_EQ(told(rung_of(ActionKind::signal, Reach::unit), of_host), Told{"10 nothing_to_do"});
  EXPECT_EQ(told(rung_of(ActionKind::reboot), stuck(10)), Told{"10 nothing_to_do"});
}

TEST(Misfit, a_reboot_is_asked_for_twice) {
  Policy policy = enforcing({a_rule("r", {rung_of(ActionKind::reboot)})});
  policy.allow_reboot = true;
  EXPECT_EQ(Scenario{policy}.told({stuck(10)}), Told{"10 reboot"});
}

TEST(Misfit, hooks_are_for_whatever_is_stuck) {
  Finding worker = stuck(10);
  worker.task.kernel_thread = true;
  EXPECT_EQ(Scenario{enforcing({a_rule("r", {rung_of(ActionKind::hook)})})}.told({worker}), Told{"10 hook"});
}

}  // namespace
}  // namespace wedged
