// SPDX-License-Identifier: Apache-2.0
// A small host for the tests of the live screen: threads, censuses, findings, samples.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "top/sample.h"
#include "top/view.h"

namespace wedged::test {

using namespace std::chrono_literals;

inline constexpr Instant noon{std::chrono::hours(12)};

// One thread of process `pid`; the leader if `tid` is the same.
inline CensusThread thread(int pid, int tid, const std::string& comm) {
  CensusThread made;
  made.id = {pid, tid, static_cast<std::uint64_t>(tid)};
  made.process = {pid, static_cast<std::uint64_t>(pid)};
  made.comm = made.process_comm = comm;
  made.state = RunState::sleeping;
  return made;
}

inline CensusThread counted(CensusThread thread, std::uint64_t calls, std::uint32_t errors) {
  thread.calls = calls;
  thread.errors = errors;
  return thread;
}

// `calls` of them have returned, or one less of a thread in one; together they took so long.
inline CensusThread lasting(CensusThread thread, std::uint64_t calls, Duration finished) {
  thread.calls = calls;
  thread.finished = finished;
  return thread;
}

// Since so long before noon.
inline CensusThread in_call(CensusThread thread, int number, Duration since) {
  thread.call.emplace();
  thread.call->number = number;
  thread.call->entered = noon - since;
  return thread;
}

inline CensusThread in_state(CensusThread thread, RunState state) {
  thread.state = state;
  return thread;
}

inline CensusThread in_cgroup(CensusThread thread, std::uint64_t cgroup) {
  thread.cgroup = cgroup;
  return thread;
}

inline Census census(Instant taken, std::vector<CensusThread> threads) {
  std::sort(threads.begin(), threads.end(),
            [](const CensusThread& a, const CensusThread& b) { return a.id < b.id; });
  return {taken, std::move(threads), {{1, "/"}, {7, "/system.slice/postgresql.service"}}};
}

inline SyscallStats stats(int number, std::uint64_t calls, std::uint64_t errors, std::size_t bucket) {
  SyscallStats made;
  made.number = number;
  made.calls = calls;
  made.errors = errors;
  made.buckets.at(bucket) = calls;
  return made;
}

// Somebody stuck for so long, certainly. Its thread is the leader of process `pid`.
inline Finding stuck(int pid, const std::string& comm, Duration lasted) {
  Finding finding;
  finding.key = {Cause::self_deadlock, thread(pid, pid, comm).id};
  finding.certainty = Certainty::certain;
  finding.task.id = finding.key.task;
  finding.task.process = thread(pid, pid, comm).process;
  finding.task.comm = finding.task.process_comm = comm;
  finding.threads = {{finding.task, lasted, lasted, "itself"}};
  finding.lasted = lasted;
  return finding;
}

// What two censuses a second apart come to, at noon.
inline TopSample sample_of(const std::vector<CensusThread>& before, const std::vector<CensusThread>& now) {
  const auto earlier = census(noon - 1s, before);
  const auto later = census(noon, now);
  TopSample sample;
  sample.at.monotonic = noon;
  sample.judged = true;
  sample.threads = thread_loads(&earlier, later);
  sample.processes = process_loads(sample.threads, later);
  sample.units = unit_loads(sample.processes);
  return sample;
}

// Two stuck ones, the first for 3 s, the second for 300 s and with a hostile name.
inline TopSample two_stuck() {
  TopSample sample;
  sample.judged = true;
  sample.findings = {stuck(1, "younger", 3s), stuck(2, "older\033[31m", 300s)};
  return sample;
}

// All text of a screen, line by line.
inline std::string text_of(const std::vector<TopLine>& lines) {
  std::string text;
  for (const auto& line : lines) {
    for (const auto& span : line) text += span.text;
    text += "\n";
  }
  return text;
}

// One line a row: cells with a space between them.
inline std::vector<std::string> rows_of(const TopTable& table) {
  std::vector<std::string> rows;
  for (const auto& row : table.rows) {
    std::string line;
    for (const auto& cell : row.cells) line += (line.empty() ? "" : " ") + cell.text;
    rows.push_back(line);
  }
  return rows;
}

}  // namespace wedged::test
