// SPDX-License-Identifier: Apache-2.0
// The health check: which findings concern what was asked about, and how bad they are together. Plain values
// in and out; knows nothing of where findings come from or how a verdict is told. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/container_pattern.h"
#include "diagnosis/finding.h"

namespace wedged {

// The numbers are the exit codes of the plug-in convention:
// https://www.monitoring-plugins.org/doc/guidelines.html
enum class CheckStatus : int { ok = 0, warning = 1, critical = 2, unknown = 3 };

struct CheckedThread {
  int pid = 0;
  int tid = 0;
  std::string comm;  // this and what follows: empty if unknown
  std::string unit;
  std::string cgroup;
  Duration waiting{};

  bool operator==(const CheckedThread&) const = default;
};

// A finding, as far as a health check needs it.
struct CheckedFinding {
  std::string cause;
  Certainty certainty = Certainty::possible;
  Duration lasted{};
  std::string summary;
  CheckedThread process;  // what it is about; without tid and waiting
  std::vector<CheckedThread> threads;
  std::vector<CheckedThread> victims;
  bool cut = false;  // there are more threads or victims than are listed

  bool operator==(const CheckedFinding&) const = default;
};

// What is asked about: whatever fits one of them. All empty: the whole host.
struct CheckSelection {
  std::vector<std::string> units;    // names or globs; without a suffix, ".service" is meant
  std::vector<int> pids;             // of processes
  std::vector<std::string> cgroups;  // "/a/b", and those below it
  std::vector<ContainerPattern> containers;
  std::vector<std::string> pods;  // uids

  [[nodiscard]] bool whole_host() const;
  [[nodiscard]] bool has_places() const;  // where somebody must belong to be meant
};

struct CheckLevels {
  Certainty warning = Certainty::possible;  // from here on it is a WARNING,
  Certainty critical = Certainty::likely;   // from here on CRITICAL
  Duration lasting{};                       // younger findings do not count
};

// A finding that counts.
struct CheckHit {
  CheckedFinding finding;
  std::optional<CheckedThread> victim;  // only victims of it are asked about: the one that waits longest
  Certainty certainty = Certainty::possible;
  Duration lasted{};
  CheckStatus status = CheckStatus::ok;
};

struct CheckVerdict {
  CheckStatus status = CheckStatus::ok;
  std::string trouble;         // why nothing can be said; empty unless the status is unknown
  std::vector<CheckHit> hits;  // the worst first
  std::size_t threads = 0;     // stuck, of those asked about
  Duration oldest{};
  std::size_t left_out = 0;  // concern it, but are too young or not sure enough
  std::size_t untold = 0;    // findings of whomever that the daemon has too many of to tell
};

[[nodiscard]] CheckedFinding checked(const Finding& finding);
[[nodiscard]] std::vector<CheckedFinding> checked(const std::vector<Finding>& findings);

[[nodiscard]] bool selects(const CheckSelection& selection, const CheckedThread& thread);

// A victim of a root that was not asked about is stuck as surely as its root, and `likely` at least: whether
// that root is really wrong or only slow, the victim does not go on before it.
[[nodiscard]] CheckVerdict judge(const CheckSelection& selection, const CheckLevels& levels,
                                 const std::vector<CheckedFinding>& findings);
[[nodiscard]] CheckVerdict cannot_tell(const std::string& trouble);

}  // namespace wedged
