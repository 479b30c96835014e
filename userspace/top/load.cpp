// SPDX-License-Identifier: Apache-2.0
#include "top/load.h"

#include <algorithm>
#include <map>
#include <utility>

#include "diagnosis/describe.h"

namespace wedged {
namespace {

std::optional<CallRate> rate_of(const CensusThread* before, const CensusThread& now, double seconds) {
  if (!now.calls || (before && (!before->calls || *now.calls < *before->calls))) return {};
  const std::uint64_t calls = *now.calls - (before ? *before->calls : 0);
  const std::uint32_t errors = now.errors - (before ? before->errors : 0);  // wraps around as they do
  if (errors > calls + 1) return {};  // of another thread: its call was switched while it was read
  return CallRate{static_cast<double>(calls) / seconds, static_cast<double>(errors) / seconds};
}

// The call that a thread is in is counted where its beginning was seen.
FinishedCalls finished_by(const CensusThread& thread) {
  const std::uint64_t begun = thread.calls.value_or(0);
  const bool in_counted_call = begun != 0 && thread.call && thread.call->entered;
  return {begun - (in_counted_call ? 1 : 0), thread.finished};
}

FinishedCalls finished_between(const CensusThread* before, const CensusThread& now) {
  if (!now.calls || (before && !before->calls)) return {};
  const FinishedCalls earlier = before ? finished_by(*before) : FinishedCalls{};
  const FinishedCalls later = finished_by(now);
  if (later.calls < earlier.calls || later.time < earlier.time) return {};
  return {later.calls - earlier.calls, later.time - earlier.time};
}

bool is_earlier(const CallInFlight& call, const std::optional<CallInFlight>& than) {
  return !than || call.since < than->since;
}

void add(LoadSum& sum, const std::optional<CallRate>& rate, const FinishedCalls& finished,
         const std::optional<CallInFlight>& call) {
  if (rate) {
    if (!sum.rate) sum.rate.emplace();
    sum.rate->calls_per_second += rate->calls_per_second;
    sum.rate->errors_per_second += rate->errors_per_second;
  }
  sum.finished.calls += finished.calls;
  sum.finished.time += finished.time;
  if (call && is_earlier(*call, sum.longest)) sum.longest = call;
}

void add(LoadSum& sum, const ThreadLoad& load) {
  sum.threads += 1;
  sum.running += load.thread.state == RunState::running ? 1U : 0U;
  sum.blocked += in_d_state(load.thread.state) ? 1U : 0U;
  add(sum, load.rate, load.finished, call_in_flight(load.thread));
}

void add(LoadSum& sum, const LoadSum& other) {
  sum.threads += other.threads;
  sum.running += other.running;
  sum.blocked += other.blocked;
  add(sum, other.rate, other.finished, other.longest);
}

}  // namespace

std::optional<Duration> FinishedCalls::mean() const {
  if (calls == 0 || time <= Duration{}) return {};
  return time / static_cast<Duration::rep>(calls);
}

std::vector<ThreadLoad> thread_loads(const Census* before, const Census& now) {
  std::vector<ThreadLoad> loads;
  loads.reserve(now.threads.size());
  const double seconds = before ? seconds_of(now.taken - before->taken) : 0;
  for (const auto& thread : now.threads) {
    loads.push_back({thread, {}, {}});
    if (seconds <= 0) continue;
    const auto& earlier = before->threads;
    const auto found =
        std::lower_bound(earlier.begin(), earlier.end(), thread.id,
                         [](const CensusThread& candidate, const TaskId& id) { return candidate.id < id; });
    const bool was_there = found != earlier.end() && found->id == thread.id;
    const CensusThread* then = was_there ? &*found : nullptr;
    loads.back().rate = rate_of(then, thread, seconds);
    loads.back().finished = finished_between(then, thread);
  }
  return loads;
}

std::optional<CallInFlight> call_in_flight(const CensusThread& thread) {
  if (!thread.call) return {};
  const auto since = thread.call->entered ? thread.call->entered : thread.off_cpu_since;
  if (!since) return {};
  return CallInFlight{thread.call->number, thread.call->compat, *since, thread.call->entered.has_value(),
                      thread.id};
}

std::vector<ProcessLoad> process_loads(const std::vector<ThreadLoad>& threads, const Census& census) {
  std::map<ProcessId, ProcessLoad> loads;
  for (const auto& load : threads) {
    const auto& thread = load.thread;
    if (thread.kernel_thread && !in_d_state(thread.state)) continue;
    auto& process = loads[thread.process];
    if (process.sum.threads == 0) {
      const auto cgroup = census.cgroups.find(thread.cgroup);
      const auto unit = cgroup == census.cgroups.end() ? std::string() : unit_of(cgroup->second);
      process = {thread.process, thread.process_comm, unit, {}};
    }
    add(process.sum, load);
  }
  std::vector<ProcessLoad> sorted;
  sorted.reserve(loads.size());
  for (auto& [id, process] : loads) sorted.push_back(std::move(process));
  return sorted;
}

std::string unit_or_name(const ProcessLoad& process) {
  return process.unit.empty() ? process.comm : process.unit;
}

std::vector<UnitLoad> unit_loads(const std::vector<ProcessLoad>& processes) {
  std::map<std::string, UnitLoad> loads;
  for (const auto& process : processes) {
    auto& unit = loads[unit_or_name(process)];
    unit.name = unit_or_name(process);
    unit.is_unit = !process.unit.empty();
    unit.processes += 1;
    add(unit.sum, process.sum);
  }
  std::vector<UnitLoad> sorted;
  sorted.reserve(loads.size());
  for (auto& [name, unit] : loads) sorted.push_back(std::move(unit));
  return sorted;
}

}  // namespace wedged
