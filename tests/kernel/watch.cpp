// SPDX-License-Identifier: Apache-2.0
#include "watch.h"

#include <algorithm>
#include <stdexcept>

#include "kernel/facts.h"
#include "kernel/plan.h"
#include "kernel_test.h"

namespace wedged::test {
namespace {

template <typename T>
T wanted(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

KernelFacts facts_of_this_kernel() {
  return wanted(gather_facts());
}

Observer watch(const WatchOptions& options) {
  auto facts = facts_of_this_kernel();
  for (const auto& name : options.without_tracepoints) facts.tracepoints.erase(name);
  if (options.without_walk) facts.task_walk = false;
  if (options.without_loop_helper) facts.loop_helper = false;
  if (options.claim_walk) facts.task_walk = true;
  const auto plan = wanted(make_plan(facts, options.observing, options.headcount));
  auto probes = wanted(Probes::load(plan, facts, options.scope));
  probes.set_limits(everybody_is_suspect());
  return Observer{std::move(probes), DecodeFacts{facts.frozen_state}};
}

Observer watch(std::vector<int> tgids, Observing observing) {
  WatchOptions options;
  options.observing = observing;
  options.scope.tgids = std::move(tgids);
  return watch(options);
}

SuspectLimits everybody_is_suspect() {
  SuspectLimits limits;
  limits.wait = Duration{1};
  limits.calls.fill(Duration{1});
  return limits;
}

Snapshot scan(Observer& observer) {
  return wanted(observer.scan(SystemClock().now()));
}

const Task* find(const Snapshot& snapshot, int tid) {
  const auto found = std::find_if(snapshot.suspects.begin(), snapshot.suspects.end(),
                                  [&](const auto& task) { return task.id.tid == tid; });
  return found == snapshot.suspects.end() ? nullptr : &*found;
}

Task observed(Observer& observer, int tid) {
  Task task;
  await("thread " + std::to_string(tid) + " to be a suspect", [&] {
    const auto snapshot = scan(observer);
    const auto* found = find(snapshot, tid);
    if (found != nullptr) task = *found;
    return found != nullptr && found->details.has_value();
  });
  return task;
}

void nothing_was_lost(const Observer& observer) {
  for (const auto& [reason, count] : observer.probes().losses()) same("losses by " + reason, count, 0);
}

void nothing_was_lost(const Snapshot& snapshot) {
  for (const auto& [reason, count] : snapshot.losses) {
    if (reason != "details_deferred") same("losses by " + reason, count, 0);
  }
}

SyscallStats stats_of(const Observer& observer, long number) {
  for (const auto& stats : observer.probes().syscalls()) {
    if (stats.number == number && !stats.compat) return stats;
  }
  return {};
}

SyscallStats compat_stats_of(const Observer& observer) {
  for (const auto& stats : observer.probes().syscalls()) {
    if (stats.compat) return stats;
  }
  return {};
}

}  // namespace wedged::test
