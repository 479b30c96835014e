// SPDX-License-Identifier: Apache-2.0
#include "policy/rehearsal.h"

#include <algorithm>
#include <map>

#include "diagnosis/diagnose.h"
#include "diagnosis/tracker.h"
#include "policy/decide.h"
#include "policy/ledger.h"
#include "policy/match.h"
#include "policy/misfit.h"

namespace wedged {
namespace {

// PID_MAX_LIMIT: process ids are below it, so no recorded process is taken for the monitor.
constexpr int nobodys_tgid = 1 << 22;

class Stage {
 public:
  Stage(const Policy& policy, const Thresholds& thresholds, Duration interval)
      : policy_(policy), thresholds_(thresholds), history_(interval) {
    surroundings_.own_tgid = nobodys_tgid;
  }

  void set_interval(Duration interval) { history_.set_expected_interval(interval); }

  void scan(Snapshot snapshot, bool assumed) {
    const ClockPair now = snapshot.taken;
    const auto changes = history_.advance(std::move(snapshot));
    const auto findings = tracker_.update(diagnose(changes, thresholds_), now.monotonic, changes.discounted);
    const auto decisions = decide(policy_, findings.open, ledger_, surroundings_, now.monotonic);
    static_cast<void>(ledger_.heed(decisions, policy_, now.monotonic));
    for (const Decision& decision : decisions) note(decision, now, assumed);
    for (const Finding& finding : findings.open) note(finding, now);
    ledger_.forget(findings.open, policy_, now.monotonic);
  }

  [[nodiscard]] Rehearsal take() { return std::move(rehearsal_); }

 private:
  void note(const Decision& decision, const ClockPair& now, bool assumed) {
    if (decision.verdict == Verdict::refuse) {
      if (!ledger_.note_refusal(decision)) return;
    } else {
      const auto kind = decision.verdict == Verdict::act ? OutcomeKind::done : OutcomeKind::dry_run;
      ledger_.record({decision, kind, {}, now.monotonic});
    }
    rehearsal_.decisions.push_back({decision, now, assumed});
  }

  void note(const Finding& finding, const ClockPair& now) {
    const auto [known, is_new] = places_.emplace(finding.key, rehearsal_.findings.size());
    if (is_new) rehearsal_.findings.push_back({});
    RehearsedFinding& seen = rehearsal_.findings[known->second];
    seen.finding = finding;
    seen.at = now;
    const auto fits = [&](const Rule& rule) { return any_fit(rule, finding, now.monotonic); };
    seen.matched = seen.matched || std::any_of(policy_.rules.begin(), policy_.rules.end(), fits);
    seen.nearest = seen.matched ? std::nullopt : nearest_misfit(policy_, finding);
  }

  const Policy& policy_;
  const Thresholds& thresholds_;
  Surroundings surroundings_;
  History history_;
  Tracker tracker_;
  Ledger ledger_;
  Rehearsal rehearsal_;
  std::map<FindingKey, std::size_t> places_;
};

Duration time_of(const Rule& rule) {
  Duration time = rule.match.lasting;
  for (const Rung& rung : rule.ladder) time += rung.grace;
  return time;
}

}  // namespace

Rehearsal rehearse(const Policy& policy, const Thresholds& thresholds, const RehearsalPlan& plan) {
  Stage stage(policy, thresholds, plan.recorded_interval);
  for (const Snapshot& snapshot : plan.snapshots) stage.scan(snapshot, false);
  stage.set_interval(plan.scan_interval);
  const Snapshot& last = plan.snapshots.back();
  const Snapshot* earlier = plan.snapshots.size() > 1 ? &plan.snapshots[plan.snapshots.size() - 2] : nullptr;
  std::size_t assumed = 0;
  for (Duration later = plan.scan_interval; later <= plan.as_if_for; later += plan.scan_interval) {
    stage.scan(continued(earlier, last, later), true);
    ++assumed;
  }
  Rehearsal rehearsal = stage.take();
  rehearsal.begin = plan.snapshots.front().taken;
  rehearsal.recorded_until = rehearsal.end = last.taken;
  rehearsal.end.monotonic += static_cast<int>(assumed) * plan.scan_interval;
  rehearsal.end.wall += static_cast<int>(assumed) * plan.scan_interval;
  rehearsal.recorded_scans = plan.snapshots.size();
  rehearsal.assumed_scans = assumed;
  return rehearsal;
}

Duration time_of_longest_ladder(const Policy& policy, const Thresholds& thresholds) {
  constexpr Duration most = std::chrono::minutes(10);
  constexpr Duration some_scans = std::chrono::seconds(5);
  Duration ladder{};
  for (const Rule& rule : policy.rules) ladder = std::max(ladder, time_of(rule));
  const Duration threshold =
      std::max({thresholds.uninterruptible_wait, thresholds.kernel_loop, thresholds.unkillable,
                thresholds.starved, thresholds.event_loop_spin, thresholds.lost_leader, thresholds.stopped,
                thresholds.lock_wait, thresholds.slow_syscall_default.value_or(Duration{})});
  return std::min(most, ladder + threshold + some_scans);
}

}  // namespace wedged
