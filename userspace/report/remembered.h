// SPDX-License-Identifier: Apache-2.0
// What the monitor remembers of the last hours, as values: findings with what the policy made of them, and
// series of figures. Immutable once shared. Instants are of this boot; rates are per second, latencies in
// seconds. Every text but `summary`, `reason` and names as other processes chose them is escaped.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "policy/decision.h"
#include "util/clock.h"

namespace wedged {

// One decision of the policy about a finding, and what came of it.
struct PolicyNote {
  struct Result {
    OutcomeKind kind = OutcomeKind::failed;
    std::string sentence;
    std::string detail;
    Instant at{};
  };

  ProcessId target;  // whom it is about: the finding's own process, or a victim
  Role role = Role::root;
  std::string rule;
  std::string rule_file;
  std::string action;  // as in metrics: "SIGKILL"
  std::size_t rung_number = 0;
  std::size_t ladder_length = 1;
  Verdict verdict = Verdict::refuse;
  Refusal refusal = Refusal::none;
  std::string sentence;
  std::string reason;
  Instant at{};
  std::optional<Result> result;  // the last one; absent: not told yet, or nothing was to be done
};

struct FindingRecord {
  FindingKey key;
  Certainty certainty = Certainty::possible;
  std::string process_comm;
  std::string thread_comm;
  std::string unit;  // empty: unknown
  std::string summary;
  Instant since{};
  bool since_exact = false;
  Instant raised{};
  std::optional<Instant> ended;  // absent: it holds
  Duration lasted{};             // final once it has ended
  std::size_t threads = 0;
  std::size_t victims = 0;
  std::vector<PolicyNote> notes;  // oldest first
  std::uint64_t notes_forgotten = 0;
};

// The findings of the last hours.
struct Story {
  std::uint64_t revision = 0;                               // grows with every change
  std::vector<std::shared_ptr<const FindingRecord>> open;   // sorted by key
  std::vector<std::shared_ptr<const FindingRecord>> ended;  // in the order in which they ended
  std::uint64_t forgotten = 0;                              // ended ones that there was no more room for
};

// One system call within the span of a point.
struct CallFigures {
  int number = -1;
  bool compat = false;
  float calls = 0;   // a second
  float errors = 0;  // a second
  float busy = 0;    // seconds that all threads together spent in calls that finished, a second
  float p50 = 0;     // seconds, from buckets that double: right to within a factor of two
  float p99 = 0;
};

struct SyscallPoint {
  Instant at{};     // the end of the span
  Duration span{};  // since the point before
  std::vector<CallFigures> calls;
};

// The monitor's own cost within the span of a point.
struct MonitorPoint {
  Instant at{};
  Duration span{};
  Duration longest_scan{};  // wall time
  Duration cpu{};           // of the loop's thread, of all scans of the span together
  std::uint64_t threads = 0;
  std::uint64_t losses = 0;  // in the span, whatever the reason
};

template <typename Point>
using Series = std::vector<std::shared_ptr<const Point>>;  // oldest first

}  // namespace wedged
