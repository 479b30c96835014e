// SPDX-License-Identifier: Apache-2.0
// Random histories of random policies: processes of several units get stuck, wait for each other, end and are
// followed by others with their ids; the monitor is restarted in the middle and its configuration loaded
// again with other limits. Kept in books of its own: whatever happens, nobody guarded is touched, no limit of
// a rule, a unit or the host is exceeded, the brake holds, and no rung is taken twice. The seeds are fixed.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "scenario.h"
#include "support/rounds.h"

namespace wedged {
namespace {

using namespace test;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int up_to(int most) { return static_cast<int>(engine_() % (static_cast<unsigned>(most) + 1)); }
  bool once_in(int times) { return up_to(times - 1) == 0; }
  Duration seconds(int most) { return std::chrono::seconds(up_to(most)); }

 private:
  std::mt19937 engine_;
};

Limits some_limits(Dice& dice) {
  return {static_cast<unsigned>(1 + dice.up_to(3)), 1s + dice.seconds(60), dice.seconds(10)};
}

Rung some_rung(Dice& dice) {
  Rung rung = dice.once_in(2) ? term(dice.seconds(8)) : kill_9(dice.seconds(8));
  constexpr std::array reaches{Reach::process, Reach::process_group, Reach::cgroup, Reach::unit};
  rung.reach = reaches.at(static_cast<std::size_t>(dice.up_to(3)));
  if (dice.once_in(4)) rung.action = ActionKind::log;
  if (dice.once_in(8)) rung.action = ActionKind::restart_unit;
  if (dice.once_in(8)) rung.action = ActionKind::hook;
  return rung;
}

Rule some_rule(Dice& dice, int number) {
  std::vector<Rung> ladder;
  for (int rungs = 1 + dice.up_to(2); rungs > 0; --rungs) ladder.push_back(some_rung(dice));
  Rule rule = a_rule("rule" + std::to_string(number), std::move(ladder), some_limits(dice));
  if (dice.once_in(3)) rule.match.role = Role::victim;
  if (dice.once_in(3)) rule.match.unit = {"db.service"};
  if (dice.once_in(3)) rule.match.lasting = dice.seconds(30);
  rule.enforce = !dice.once_in(4);
  return rule;
}

Policy some_policy(Dice& dice) {
  Policy policy = enforcing({}, some_limits(dice));
  for (int number = 0; number < 3; ++number) policy.rules.push_back(some_rule(dice, number));
  policy.enforce = !dice.once_in(5);
  policy.unit_limits = some_limits(dice);
  policy.brake = {static_cast<unsigned>(1 + dice.up_to(15)), 1s + dice.seconds(60)};
  policy.order = dice.once_in(2) ? RuleOrder::first : RuleOrder::all;
  return policy;
}

// Process 1, the monitor, its parent, a protected one; of the rest each may be touched.
constexpr std::array guarded_ids{1, 900, 800, 15};

Task member_of_cast(Dice& dice, int tgid, std::uint64_t start) {
  const std::string unit = tgid % 2 == 0 ? "db" : "web";
  Task task = a_thread().of_process(tgid, start).in_d_state().cgroup("/system.slice/" + unit + ".service");
  if (tgid == 15) task.process_comm = task.comm = "sshd";
  if (dice.once_in(10)) task.details.reset();
  return task;
}

// Who is stuck now, and how many times each id has been given to a new process.
class Cast {
 public:
  std::vector<Finding> next(Dice& dice) {
    for (const int tgid : {10, 11, 12, 13, 14, 15, 1, 900, 800}) {
      if (dice.once_in(6)) stuck_[tgid] = !stuck_[tgid];
      if (dice.once_in(30)) ++starts_[tgid];
    }
    std::vector<Finding> open;
    for (const auto& [tgid, is_stuck] : stuck_) {
      if (is_stuck) open.push_back(finding_of(dice, tgid));
    }
    return open;
  }

 private:
  Finding finding_of(Dice& dice, int tgid) {
    const Task task = member_of_cast(dice, tgid, 1 + starts_[tgid]);
    FindingBuilder finding = a_finding().of(task).lasting(dice.seconds(60));
    finding.unit(task.details ? (tgid % 2 == 0 ? "db.service" : "web.service") : "");
    for (int waiters = dice.up_to(2); waiters > 0; --waiters) {
      const int waiter = 10 + dice.up_to(5);
      finding.waited_for_by(member_of_cast(dice, waiter, 1 + starts_[waiter]), dice.seconds(60));
    }
    return finding;
  }

  std::map<int, bool> stuck_;
  std::map<int, std::uint64_t> starts_;
};

class Books {
 public:
  void check(const Decision& decision, const Policy& policy, Instant now) {
    const Finding& finding = decision.finding;
    if (!decision.rung.touches()) return;
    EXPECT_FALSE(suspended_) << "touched although enforcement is suspended";
    if (decision.rung.action != ActionKind::hook) {
      for (const int guarded : guarded_ids) EXPECT_NE(finding.task.process.tgid, guarded);
      EXPECT_TRUE(finding.task.details) << "touched although little is known of it";
    }
    acts_.push_back({decision.rule, finding.unit, finding.task.process, now});
    const Rule& rule = *std::find_if(policy.rules.begin(), policy.rules.end(),
                                     [&](const Rule& one) { return one.name == decision.rule; });
    EXPECT_LE(count(rule.limits, now, [&](const Act& act) { return act.rule == rule.name; }),
              rule.limits.actions);
    EXPECT_LE(count(policy.limits, now, [](const Act&) { return true; }), policy.limits.actions);
    if (finding.unit.empty()) return;
    EXPECT_LE(count(policy.unit_limits, now, [&](const Act& act) { return act.unit == finding.unit; }),
              policy.unit_limits.actions);
  }

  void check_brake(const Policy& policy, Instant now) const {
    std::set<std::pair<std::string, ProcessId>> touched;
    for (const Act& act : acts_) {
      if (act.at >= counted_from_ && now - act.at < policy.brake.window)
        touched.emplace(act.rule, act.process);
    }
    EXPECT_LE(touched.size(), policy.brake.decisions);
  }

  void suspend() { suspended_ = true; }
  void resume(Instant now) {
    suspended_ = false;
    counted_from_ = now;
  }
  [[nodiscard]] std::size_t acts() const { return acts_.size(); }

 private:
  struct Act {
    std::string rule;
    std::string unit;
    ProcessId process;
    Instant at;
  };

  template <typename Counts>
  [[nodiscard]] std::size_t count(const Limits& limits, Instant now, const Counts& counts) const {
    return static_cast<std::size_t>(std::count_if(acts_.begin(), acts_.end(), [&](const Act& act) {
      return now - act.at < limits.window && counts(act);
    }));
  }

  std::vector<Act> acts_;
  bool suspended_ = false;
  Instant counted_from_{};
};

// The daemon's loop without a host.
class World {
 public:
  explicit World(unsigned seed) : dice_(seed), policy_(some_policy(dice_)) {}

  void live(int scans) {
    for (int scan = 0; scan < scans && !testing::Test::HasFailure(); ++scan) {
      now_ += dice_.once_in(20) ? dice_.seconds(300) : dice_.seconds(3);
      if (dice_.once_in(15)) reload();
      if (dice_.once_in(40)) ledger_ = Ledger{ledger_.state(), now_};
      step();
    }
  }
  [[nodiscard]] std::size_t acts() const { return books_.acts(); }

 private:
  void step() {
    const std::vector<Finding> open = cast_.next(dice_);
    const auto decisions = decide(policy_, open, ledger_, {900, {800}, true}, now_);
    if (ledger_.heed(decisions, policy_, now_)) books_.suspend();
    std::set<ProcessId> decided;
    for (const Decision& decision : decisions) {
      EXPECT_TRUE(decided.insert(decision.finding.task.process).second) << "one decision a process and scan";
      if (decision.verdict == Verdict::refuse) continue;
      const auto kind = decision.verdict == Verdict::dry_run ? OutcomeKind::dry_run
                        : dice_.once_in(5)                   ? OutcomeKind::failed
                                                             : OutcomeKind::done;
      if (decision.verdict == Verdict::act) books_.check(decision, policy_, now_);
      ledger_.record({decision, kind, "", now_});
      // A crash between the act and the writing down: the ledger was written before.
      if (dice_.once_in(50)) ledger_ = Ledger{ledger_.state(), now_};
    }
    books_.check_brake(policy_, now_);
    ledger_.forget(open, policy_, now_);
  }

  // A window that became longer would look back on what was forgotten.
  void reload() {
    const Policy before = policy_;
    policy_ = some_policy(dice_);
    const auto keep = [](Limits& limits, const Limits& old) { limits.window = old.window; };
    keep(policy_.limits, before.limits);
    keep(policy_.unit_limits, before.unit_limits);
    for (std::size_t at = 0; at < policy_.rules.size(); ++at)
      keep(policy_.rules[at].limits, before.rules[at].limits);
    ledger_.resume();
    books_.resume(now_);
  }

  Dice dice_;
  Policy policy_;
  Cast cast_;
  Books books_;
  Ledger ledger_;
  Instant now_ = test_now;
};

TEST(RandomWorlds, guards_limits_and_brake_hold_over_restarts_and_reloads) {
  std::size_t acts = 0;
  for (unsigned seed = 1; seed <= histories(400) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world{seed};
    world.live(250);
    acts += world.acts();
  }
  EXPECT_GT(acts, histories(5'000)) << "worlds in which nothing happens prove nothing";
}

}  // namespace
}  // namespace wedged
