// SPDX-License-Identifier: Apache-2.0
// Ladders while other things change: the configuration, what goes on beside the scans, the host.
#include <gtest/gtest.h>

#include "scenario.h"

namespace wedged {
namespace {

using namespace test;

Rung a_hook(const std::string& program) {
  Rung rung;
  rung.action = ActionKind::hook;
  rung.grace = 5s;
  rung.hook.command = {program};
  return rung;
}

Rung a_dump(DumpKind kind) {
  Rung rung;
  rung.action = ActionKind::dump;
  rung.dump = kind;
  return rung;
}

Rung a_reboot() {
  Rung rung;
  rung.action = ActionKind::reboot;
  return rung;
}

Rung to_unit(Rung rung) {
  rung.reach = Reach::unit;
  return rung;
}

TEST(EditedLadder, what_was_put_before_is_not_passed_over) {
  Scenario scenario{enforcing({a_rule("r", {log_line()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 log"});
  scenario.policy().rules[0].ladder = {term(5s), kill_9()};
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"})
      << "not SIGKILL, though it is the second";
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 SIGKILL"});
  EXPECT_EQ(scenario.after(1h).told({stuck(10)}), Told{});
}

TEST(EditedLadder, what_was_done_is_not_done_twice_wherever_it_stands_now) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  scenario.policy().rules[0].ladder = {log_line(), term(5s), a_hook("/fence"), kill_9()};
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1s).restart().told({stuck(10)}), Told{"10 hook"});
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 SIGKILL"});
}

TEST(EditedLadder, another_hook_is_another_step_and_a_longer_timeout_is_not) {
  Scenario scenario{enforcing({a_rule("r", {a_hook("/fence"), kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 hook"});
  scenario.policy().rules[0].ladder[0].hook.timeout = 1min;
  scenario.policy().rules[0].ladder.insert(scenario.policy().rules[0].ladder.begin() + 1, a_hook("/other"));
  EXPECT_EQ(scenario.after(5s).scan({stuck(10)}).at(0).rung.hook.command.at(0), "/other");
}

TEST(EditedLadder, the_same_step_twice_is_taken_twice) {
  Scenario scenario{enforcing({a_rule("r", {term(1s), term(1s), kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGKILL"});
}

TEST(Trial, steps_that_were_really_taken_outlive_one) {
  Scenario scenario{enforcing({a_rule("r", {term(5s), kill_9()})})};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 SIGTERM"});
  scenario.policy().enforce = false;
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 would SIGKILL"});
  scenario.policy().enforce = true;
  EXPECT_EQ(scenario.after(5s).told({stuck(10)}), Told{"10 SIGKILL"}) << "and not SIGTERM again";
}

// However it ends: a hook or a restart that is rehearsed begins as `started`, as a real one does.
TEST(Trial, it_is_no_step_to_stand_on_and_spends_nothing) {
  for (const OutcomeKind kind : {OutcomeKind::started, OutcomeKind::failed, OutcomeKind::timed_out}) {
    Policy policy =
        enforcing({a_rule("dry", {a_hook("/fence"), kill_9()}), a_rule("real", {term()})}, {1, 1h, 0s});
    policy.rules[0].enforce = false;
    policy.rules[0].match.comm = {"dry"};
    Scenario scenario{policy};
    scenario.dry_runs_end_in(kind);
    const Finding dry = a_finding().of(a_thread().of_process(10).named("dry"));
    EXPECT_EQ(scenario.told({dry}), Told{"10 would hook"});
    EXPECT_EQ(scenario.after(10s).told({stuck(11)}), Told{"11 SIGTERM"}) << "the host's only action is left";
    scenario.policy().rules[0].enforce = true;
    Told told = scenario.after(2h).told({dry});
    if (kind == OutcomeKind::started) told = scenario.after(1s).told({dry});  // its rehearsal had not ended
    EXPECT_EQ(told, Told{"10 hook"}) << "not SIGKILL: nobody was fenced";
  }
}

TEST(Trial, it_does_not_suspend_what_others_enforce) {
  Policy policy = enforcing({a_rule("dry", {term()}), a_rule("real", {term()})});
  policy.brake = {3, 1min};
  policy.rules[0].enforce = false;
  policy.rules[0].match.comm = {"dry"};
  Scenario scenario{policy};
  std::vector<Finding> open;
  for (int tgid = 10; tgid < 20; ++tgid)
    open.push_back(a_finding().of(a_thread().of_process(tgid).named("dry")));
  open.push_back(stuck(30));
  Told told = scenario.told(open);
  EXPECT_EQ(std::count(told.begin(), told.end(), "30 SIGTERM"), 1);
  EXPECT_EQ(std::count(told.begin(), told.end(), "10 brake"), 1) << "it shows what would have been";
  EXPECT_EQ(scenario.suspensions(), 0U);
  EXPECT_EQ(scenario.after(1s).told({stuck(31)}), Told{"31 SIGTERM"});
}

TEST(Busy, a_step_waits_for_room_and_is_not_passed_over) {
  Scenario scenario{enforcing({a_rule("r", {a_hook("/fence"), kill_9()}, {1, 1h, 0s})})};
  scenario.surroundings().room = {0, 4};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 busy"});
  EXPECT_EQ(scenario.after(1min).told({stuck(10)}), Told{"10 busy"});
  scenario.surroundings().room = {1, 4};
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 hook"}) << "its only action was not spent";
}

TEST(Busy, no_more_is_begun_in_one_scan_than_there_is_room_for) {
  Scenario scenario{enforcing({a_rule("r", {a_dump(DumpKind::stacks), to_unit(term())})})};
  scenario.surroundings().room = {8, 2};
  const auto of_unit = [](int tgid) -> Finding { return stuck(tgid).unit("db.service"); };
  EXPECT_EQ(scenario.told({of_unit(10), of_unit(11), of_unit(12)}),
            (Told{"10 dump_stacks", "11 dump_stacks", "12 busy"}));
  scenario.surroundings().room = {1, 0};
  EXPECT_EQ(scenario.after(1s).told({of_unit(10), of_unit(11), of_unit(12)}),
            (Told{"10 SIGTERM_unit", "11 busy", "12 busy"}))
      << "a fence has places that dumps cannot take";
}

TEST(Busy, what_is_done_at_once_needs_no_room) {
  Scenario scenario{enforcing({a_rule("r", {log_line(), term()})})};
  scenario.surroundings().room = {0, 0};
  EXPECT_EQ(scenario.told({stuck(10)}), Told{"10 log"});
  EXPECT_EQ(scenario.after(1s).told({stuck(10)}), Told{"10 SIGTERM"});
}

// The ledger may be gone with the boot, and what hangs after each boot would reboot for ever.
TEST(RebootRung, not_within_its_window_of_the_boot) {
  Policy policy = enforcing({a_rule("r", {a_reboot()}, {1, 1h, 0s})});
  policy.allow_reboot = true;
  Scenario scenario{policy};
  scenario.at(Instant{59min});
  const auto early = scenario.scan({stuck(10)});
  ASSERT_EQ(early.size(), 1U);
  EXPECT_EQ(early[0].refusal, Refusal::cool_down);
  EXPECT_EQ(early[0].reason,
            "the host booted 59 min ago, perhaps by this rule: it reboots once within its window of 60 min");
  EXPECT_EQ(scenario.at(Instant{60min}).told({stuck(10)}), Told{"10 reboot"});
}

TEST(DumpCore, it_stops_the_process_so_it_is_not_for_whom_is_protected) {
  const Finding sshd = a_finding().of(a_thread().of_process(10).named("sshd"));
  const Policy core = enforcing({a_rule("r", {a_dump(DumpKind::core), kill_9()})});
  EXPECT_EQ(Scenario{core}.told({sshd}), Told{"10 protected_name"});
  EXPECT_EQ(Scenario{core}.told({stuck(1)}), Told{"1 init_process"});
  EXPECT_EQ(Scenario{enforcing({a_rule("r", {a_dump(DumpKind::stacks)})})}.told({sshd}),
            Told{"10 dump_stacks"});
}

}  // namespace
}  // namespace wedged
