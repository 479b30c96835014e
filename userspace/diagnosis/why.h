// SPDX-License-Identifier: Apache-2.0
// Why: one process as `wedged why` explains it: what each thread does, who waits for whom, what is wrong and
// what to do. Pure: from what changed and what was found to one value that a report only has to lay out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/history.h"
#include "observation/lock.h"

namespace wedged {

struct WhyThread {
  Task task;
  Duration waiting{};  // zero if it runs
  bool waiting_exact = false;
  std::string does;  // "waits for mutex 0x55d0 held by thread 12 (worker)"; "runs"; "sleeps in epoll_wait"
  std::optional<Lock> lock;      // in a futex wait only
  std::optional<TaskId> holder;  // of that lock, where it is known and exists
  bool stuck = false;            // part of a finding, or a victim of one
};

struct Why {
  ProcessId process;
  std::string comm;
  std::string exe;
  std::string command_line;
  std::string unit;
  std::optional<std::uint32_t> uid;
  unsigned threads_total =
      0;  // as the kernel counts them; `threads` may have fewer (they end, they are many)
  std::vector<WhyThread> threads;    // stuck ones first, then by id
  std::vector<Finding> findings;     // that the process has part in, as culprit or as victim
  std::vector<std::string> verdict;  // two or three sentences, for somebody woken up
  std::vector<std::string> unknown;  // what could not be known, and why
};

// Absent if no thread of the process is in `changes`.
[[nodiscard]] std::optional<Why> explain(const Changes& changes, const std::vector<Finding>& findings,
                                         int tgid);

}  // namespace wedged
