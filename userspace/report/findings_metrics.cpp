// SPDX-License-Identifier: Apache-2.0
// A thread of several findings counts once for each cause, and once for its unit.
#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "diagnosis/describe.h"
#include "report/escape.h"
#include "report/metric_groups.h"

namespace wedged {
namespace {

constexpr std::size_t unit_bytes = 128;

struct CauseCounts {
  std::set<TaskId> threads;
  std::set<ProcessId> processes;
  std::optional<Instant> oldest;
};

// Threads that wait for those of a finding and are no finding themselves.
CauseCounts victims_of(const std::vector<Finding>& open) {
  CauseCounts counts;
  for (const Finding& finding : open) {
    for (const StuckThread& victim : finding.victims) {
      counts.threads.insert(victim.task.id);
      counts.processes.insert(victim.task.process);
    }
  }
  return counts;
}

CauseCounts counts_of(Cause cause, const std::vector<Finding>& open) {
  CauseCounts counts;
  for (const Finding& finding : open) {
    if (finding.key.cause != cause) continue;
    for (const StuckThread& thread : finding.threads) {
      counts.threads.insert(thread.task.id);
      counts.processes.insert(thread.task.process);
    }
    counts.processes.insert(finding.task.process);
    counts.oldest = counts.oldest ? std::min(*counts.oldest, finding.since) : finding.since;
  }
  return counts;
}

void add_causes(Families& families, const Published& state) {
  for (const Cause cause : all_causes) {
    const bool of_victims = cause == Cause::waits_for_stuck;
    const CauseCounts counts = of_victims ? victims_of(state.open) : counts_of(cause, state.open);
    const Labels labels{label("cause", name_of(cause))};
    families.add(Metric::stuck_threads, labels, number_of(counts.threads.size()));
    families.add(Metric::stuck_processes, labels, number_of(counts.processes.size()));
    const double oldest = counts.oldest ? seconds_of(state.at.wall_of(*counts.oldest).time_since_epoch())
                                        : std::numeric_limits<double>::quiet_NaN();
    families.add(Metric::oldest_finding, labels, oldest);
    if (cause == Cause::unkillable) {
      families.add(Metric::unkillable_processes, {}, number_of(counts.processes.size()));
    }
  }
}

// Victims may belong to another unit than who they wait for, and so may threads that wait for each other.
std::string unit_of_member(const StuckThread& thread, const Finding& finding) {
  if (thread.task.process == finding.task.process) return finding.unit;
  return thread.task.details ? unit_of(thread.task.details->cgroup) : std::string();
}

// Threads by unit; the names are made valid labels first, so that no two series can become the same one.
std::map<std::string, std::set<TaskId>> threads_by_unit(const std::vector<Finding>& open) {
  std::map<std::string, std::set<TaskId>> units;
  const auto add = [&units](const std::string& unit, const StuckThread& thread) {
    units[unit.empty() ? "unknown" : label_text(unit, unit_bytes)].insert(thread.task.id);
  };
  for (const Finding& finding : open) {
    for (const StuckThread& thread : finding.threads) add(unit_of_member(thread, finding), thread);
    for (const StuckThread& victim : finding.victims) add(unit_of_member(victim, finding), victim);
  }
  return units;
}

void add_units(Families& families, const Published& state) {
  std::map<std::string, std::size_t> shown{{"other", 0}, {"unknown", 0}};
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& [unit, threads] : threads_by_unit(state.open)) {
    if (shown.contains(unit)) {
      shown[unit] += threads.size();
    } else {
      ranked.emplace_back(threads.size(), unit);
    }
  }
  std::sort(ranked.begin(), ranked.end(), [](const auto& left, const auto& right) {
    return left.first != right.first ? left.first > right.first : left.second < right.second;
  });
  for (std::size_t at = 0; at < ranked.size(); ++at) {
    shown[at < shown_units ? ranked[at].second : "other"] += ranked[at].first;
  }
  for (const auto& [unit, threads] : shown) {
    families.add(Metric::unit_stuck_threads, {label("unit", unit)}, number_of(threads));
  }
}

template <typename Map, typename Key>
double count_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0.0 : number_of(found->second);
}

void add_totals(Families& families, const Totals& totals) {
  for (const Cause cause : all_causes) {
    for (const Certainty certainty : all_certainties) {
      families.add(Metric::findings, {label("cause", name_of(cause)), label("certainty", name_of(certainty))},
                   count_in(totals.findings, std::pair{cause, certainty}));
    }
    families.add(Metric::findings_resolved, {label("cause", name_of(cause))},
                 count_in(totals.resolved, cause));
  }
  for (const Refusal refusal : all_refusals) {
    families.add(Metric::action_refusals, {label("reason", name_of(refusal))},
                 count_in(totals.refusals, refusal));
  }
}

void add_actions(Families& families, const Published& state) {
  auto counts = state.totals.actions;
  for (const auto& [rule, action] : state.rule_actions) {
    for (const OutcomeKind kind : all_outcomes) counts.try_emplace({rule, action, kind}, 0);
  }
  for (const auto& [key, count] : counts) {
    const auto& [rule, action, kind] = key;
    families.add(Metric::actions,
                 {label("rule", rule), label("action", action), label("result", name_of(kind))},
                 number_of(count));
  }
}

}  // namespace

void add_findings_metrics(Families& families, const Published& state) {
  add_causes(families, state);
  add_units(families, state);
  families.add(Metric::findings_untold, {}, number_of(state.untold));
  families.add(Metric::enforcing, {}, state.enforcing ? 1.0 : 0.0);
  families.add(Metric::enforcement_suspended, {}, state.suspension ? 1.0 : 0.0);
  families.add(Metric::jobs_running, {}, number_of(state.jobs_running));
}

void add_findings_totals(Families& families, const Published& state) {
  add_totals(families, state.totals);
  add_actions(families, state);
  families.add(Metric::ledger_write_errors, {}, number_of(state.totals.ledger_write_errors));
}

}  // namespace wedged
