// SPDX-License-Identifier: Apache-2.0
// event_loop_spin: for longer than the threshold more than 1000 waits of the epoll, poll or select family a
// second find something ready, or so many calls fail alike or read at end of file, while less than 2 % as
// many calls do anything. Where it is known what the waits return and all of that is worked off, by whichever
// thread, nothing is wrong. The threads of a process that spin around the same are one finding.
#include <algorithm>

#include "diagnosis/describe.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/spin.h"
#include "diagnosis/spin_advice.h"
#include "diagnosis/spin_text.h"

namespace wedged {
namespace {

using Spins = std::vector<Spin>;

bool touches(const Spins& group, const Spin& spin) {
  return std::any_of(group.begin(), group.end(), [&](const Spin& member) { return same_root(member, spin); });
}

// Whom one thread has something in common with are all one, whatever they have in common with each other.
void join(Spin spin, std::vector<Spins>& groups) {
  Spins joined;
  const auto apart = std::stable_partition(groups.begin(), groups.end(),
                                           [&](const Spins& group) { return !touches(group, spin); });
  for (auto group = apart; group != groups.end(); ++group)
    std::move(group->begin(), group->end(), std::back_inserter(joined));
  groups.erase(apart, groups.end());
  joined.push_back(std::move(spin));
  groups.push_back(std::move(joined));
}

std::vector<Spins> spins_by_root(const Changes& changes, Duration threshold) {
  std::vector<Spins> groups;
  for (const auto& change : changes.suspects) {
    if (!change.spinning || *change.spinning + punctuality <= threshold) continue;
    if (auto spin = spin_of(change, changes.now.monotonic)) join(std::move(*spin), groups);
  }
  return groups;
}

bool tells_more(const Spin& one, const Spin& other) {
  if (one.certainty != other.certainty) return one.certainty > other.certainty;
  const auto turns = [](const Spin& spin) { return spin.rates.ready + spin.rates.fruitless; };
  return turns(one) > turns(other);
}

StuckThread spinning_thread(const Spin& spin) {
  return {spin.change->task, {}, spin.change->in_call, "nothing: it " + describe_spin(spin)};
}

// The key is of the thread with the smallest id, as the busiest may be another one in the next scan.
Finding make_finding(Spins spins, Duration threshold) {
  std::stable_sort(spins.begin(), spins.end(), tells_more);
  const auto& spin = spins.front();
  const auto& task = spin.change->task;
  Finding finding;
  finding.key = {Cause::event_loop_spin, task.id};
  finding.certainty = spin.certainty;
  finding.task = task;
  finding.unit = task.details ? unit_of(task.details->cgroup) : "";
  finding.since = *task.loop->spinning_since;
  finding.rates = spin.rates;
  finding.summary = spin_summary(spin);
  finding.evidence = spin_evidence(spin, threshold);
  if (spins.size() > 1)
    finding.evidence.push_back(std::to_string(spins.size()) + " threads of the process spin around the same");
  finding.chain = spin_chain(spin);
  finding.advice = spin_advice(spin);
  for (const auto& each : spins) {
    finding.key.task = std::min(finding.key.task, each.change->task.id);
    finding.since = std::min(finding.since, *each.change->task.loop->spinning_since);
    finding.lasted = std::max(finding.lasted, *each.change->spinning);
    finding.threads.push_back(spinning_thread(each));
  }
  return finding;
}

}  // namespace

std::vector<Finding> find_event_loop_spins(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (auto& spins : spins_by_root(changes, thresholds.event_loop_spin))
    findings.push_back(make_finding(std::move(spins), thresholds.event_loop_spin));
  return findings;
}

}  // namespace wedged
