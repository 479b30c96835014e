// SPDX-License-Identifier: Apache-2.0
// Published: what the loop shows to the world after each scan. Immutable once published; scrapes read the
// last one and wait for nobody.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/own_process.h"
#include "observation/snapshot.h"
#include "observation/syscall_stats.h"
#include "observation/watched_scope.h"
#include "policy/decision.h"
#include "policy/ledger_state.h"
#include "report/remembered.h"

namespace wedged {

// Counters since the start; the loop adds to them after every scan.
struct Totals {
  std::map<std::pair<Cause, Certainty>, std::uint64_t> findings;
  std::map<Cause, std::uint64_t> resolved;
  std::map<std::tuple<std::string, std::string, OutcomeKind>, std::uint64_t> actions;  // rule, action, result
  std::map<Refusal, std::uint64_t> refusals;
  std::map<bool, std::uint64_t> config_reloads;  // by success
  std::uint64_t scans = 0;
  std::uint64_t failed_scans = 0;
  std::uint64_t late_scans = 0;
  Duration discounted{};
  std::uint64_t oops_reports = 0;
  std::uint64_t ledger_write_errors = 0;
};

// One BPF program, as planned and attached.
struct ProgramState {
  std::string name;
  bool attached = false;
  std::string reason;  // why not; empty if attached
};

// What the disposable process that reads others' memory was asked and answered, since the start.
struct InspectorCounters {
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;
  std::uint64_t deadlines_missed = 0;
  std::uint64_t crashes = 0;
  std::uint64_t started = 0;  // processes, the first one included
  unsigned unkillable = 0;    // of them now: killed, but waiting in the kernel for what they looked at
};

struct Published {
  ClockPair at{};  // when the last good scan was made; zero: none yet
  Duration scan_interval{};
  Duration scan_duration{};  // wall time of the last scan
  Duration scan_cpu_time{};  // CPU time of the last tick, all of it
  std::uint64_t threads_scanned = 0;
  WatchedScope scope;  // whom it looks at
  SharedFindings open;
  std::size_t untold = 0;  // findings that hold as well, and are too many to tell
  Totals totals;
  SyscallTable syscalls;
  std::vector<OldestCall> oldest_calls;
  std::vector<ProgramState> programs;
  LossesByReason losses;
  InspectorCounters inspector;
  std::optional<OwnProcess> own_process;
  std::uint64_t hung_task_reports = 0;
  KernelCounters kernel;
  bool log_heard = false;  // the kernel's log can be read
  bool enforcing = false;
  std::optional<LedgerState::Suspension> suspension;  // enforcement has suspended itself
  std::uint64_t jobs_running = 0;                     // begun beside the loop, and not ended yet
  bool config_ok = true;                              // the last reload succeeded
  WallTime config_loaded{};
  std::vector<std::pair<std::string, std::string>>
      rule_actions;  // (rule, action) of the policy: their series start at 0
  std::string host;  // its name
  Instant started{};
  // What is remembered: shared, so that publishing costs nothing; null: nothing.
  std::shared_ptr<const Story> story;
  std::shared_ptr<const Series<SyscallPoint>> syscall_series;
  std::shared_ptr<const Series<MonitorPoint>> monitor_series;
};

// Where the loop leaves the newest state and the web threads pick it up. Thread-safe; a reader holds a share
// of it.
class Publication {
 public:
  void publish(std::shared_ptr<const Published> state);
  [[nodiscard]] std::shared_ptr<const Published> latest() const;  // null before the first scan

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Published> state_;
};

}  // namespace wedged
