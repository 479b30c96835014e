// SPDX-License-Identifier: Apache-2.0
// Every history of a small world: some processes, of which some are guarded, are stuck or not in each of
// several scans. Whatever happens, nobody guarded is signalled, no limit is exceeded, no ladder skips,
// repeats or hurries a rung.
#include <gtest/gtest.h>

#include <map>

#include "scenario.h"
#include "support/rounds.h"

namespace wedged {
namespace {

using namespace test;

// One world: how long a scan takes, what the limits are, how actions end.
struct World {
  Duration step;
  Limits rule;
  Limits host;
  OutcomeKind outcome;
  bool enforce;
};

std::vector<World> worlds() {
  std::vector<World> all;
  for (const Duration step : {1s, 5s, 40s}) {
    for (const unsigned actions : {1U, 2U, 3U}) {
      for (const Duration cool_down : {0s, 7s}) {
        all.push_back({step,
                       {actions, 20s, cool_down},
                       {4 - actions, 30s, cool_down / 2},
                       OutcomeKind::dry_run,
                       false});
        for (const OutcomeKind outcome : {OutcomeKind::done, OutcomeKind::failed, OutcomeKind::changed}) {
          for (const bool enforce : {true, false}) {
            all.push_back(
                {step, {actions, 20s, cool_down}, {4 - actions, 30s, cool_down / 2}, outcome, enforce});
          }
        }
      }
    }
  }
  return all;
}

// Processes 10 and 11 may be signalled; init, the monitor and a protected one may not.
std::vector<Finding> cast() {
  return {stuck(10), stuck(11).certainty(Certainty::certain), stuck(1), stuck(900),
          a_finding().of(a_thread().of_process(12).named("sshd"))};
}

bool is_guarded(int tgid) {
  return tgid != 10 && tgid != 11;
}

Policy policy_of(const World& world) {
  Policy policy = enforcing({a_rule("r", {log_line(1s), term(5s), kill_9(5s)}, world.rule)}, world.host);
  policy.enforce = world.enforce;
  return policy;
}

// Watches one history from outside, with its own books.
class Auditor {
 public:
  explicit Auditor(const World& world) : world_(world), scenario_(policy_of(world)) {
    scenario_.actions_end_in(world.outcome);
  }

  void scan(const std::vector<Finding>& open) {
    now_ += world_.step;
    std::map<int, int> decisions;
    for (const Decision& decision : scenario_.after(world_.step).scan(open)) {
      const int tgid = decision.finding.task.process.tgid;
      EXPECT_EQ(++decisions[tgid], 1) << "one decision per process and scan";
      if (decision.verdict == Verdict::refuse) {
        EXPECT_NE(decision.refusal, Refusal::none);
      } else {
        EXPECT_EQ(decision.verdict, world_.enforce ? Verdict::act : Verdict::dry_run);
        audit_action(decision, tgid);
      }
    }
    forget_the_unstuck(open);
  }

  [[nodiscard]] std::size_t signals() const { return signals_.size(); }

 private:
  void audit_action(const Decision& decision, int tgid) {
    const bool happens = !world_.enforce || world_.outcome != OutcomeKind::changed;
    const auto last = rungs_.find(tgid);
    const std::size_t due = last == rungs_.end() ? 0 : last->second.number + 1;
    EXPECT_EQ(decision.rung_number, due) << "the next rung, and each once";
    if (last != rungs_.end()) {
      EXPECT_GE(now_ - last->second.at, last->second.grace) << "not before the grace is over";
    }
    if (decision.rung.action == ActionKind::signal) audit_signal(tgid, happens);
    if (happens) rungs_[tgid] = {decision.rung_number, now_, decision.rung.grace};
  }

  void audit_signal(int tgid, bool happens) {
    EXPECT_FALSE(is_guarded(tgid)) << tgid << " is signalled";
    if (!happens) return;
    signals_.push_back(now_);
    for (const Limits& limits : {world_.rule, world_.host}) {
      const auto within = std::count_if(signals_.begin(), signals_.end(),
                                        [&](Instant at) { return now_ - at < limits.window; });
      EXPECT_LE(within, limits.actions);
    }
  }

  void forget_the_unstuck(const std::vector<Finding>& open) {
    std::erase_if(rungs_, [&](const auto& entry) {
      const bool is_open = std::any_of(open.begin(), open.end(), [&](const Finding& finding) {
        return finding.task.process.tgid == entry.first;
      });
      return !is_open && now_ - entry.second.at >= entry.second.grace;
    });
  }

  struct Taken {
    std::size_t number = 0;
    Instant at;
    Duration grace{};
  };

  World world_;
  Scenario scenario_;
  Instant now_ = test_now;
  std::map<int, Taken> rungs_;
  std::vector<Instant> signals_;
};

// Each combination of the two being stuck, with all of the guarded (the first four) or with none.
std::vector<std::vector<Finding>> scenes() {
  const std::vector<Finding> all = cast();
  std::vector<std::vector<Finding>> scenes(8);
  for (unsigned scene = 0; scene < 8; ++scene) {
    for (const Finding& finding : all) {
      const int tgid = finding.task.process.tgid;
      const bool guarded = is_guarded(tgid) && scene < 4;
      const bool stuck_one = !is_guarded(tgid) && ((scene >> (tgid - 10)) & 1U) != 0;
      if (guarded || stuck_one) scenes[scene].push_back(finding);
    }
  }
  return scenes;
}

TEST(SmallWorlds, in_every_history_guards_limits_and_ladders_hold) {
  constexpr unsigned scans = 4;
  constexpr unsigned all_histories = 4 * 4 * 4 * 4;
  const auto all_scenes = scenes();
  std::size_t signals = 0;
  for (const World& world : worlds()) {
    for (unsigned history = 0; history < all_histories; history += all_histories / histories(all_histories)) {
      Auditor auditor{world};
      for (unsigned scan = 0; scan < scans; ++scan) auditor.scan(all_scenes[(history >> (2 * scan)) & 3U]);
      signals += auditor.signals();
      if (testing::Test::HasFailure()) FAIL() << "in history " << history;
    }
  }
  EXPECT_GT(signals, histories(10'000)) << "worlds in which nothing happens prove nothing";
}

TEST(SmallWorlds, in_long_histories_they_hold_as_well) {
  const auto all_scenes = scenes();
  std::size_t signals = 0;
  std::uint32_t random = 1;  // a fixed sequence: the same histories every time
  for (const World& world : worlds()) {
    Auditor auditor{world};
    for (int scan = 0; scan < 200; ++scan) {
      random = random * 1664525U + 1013904223U;
      auditor.scan(all_scenes[random >> 29]);
    }
    signals += auditor.signals();
    if (testing::Test::HasFailure()) FAIL();
  }
  EXPECT_GT(signals, 1'000U);
}

}  // namespace
}  // namespace wedged
