// SPDX-License-Identifier: Apache-2.0
// Finding: a thread or process that is stuck, with cause, certainty, evidence, since when, and who is to
// blame. A plain value: everything a report or a policy needs is in it.
#pragma once

#include <compare>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diagnosis/cause.h"
#include "observation/task.h"

namespace wedged {

// What makes two findings of two scans the same one. For causes of a whole process the tid is the tgid.
struct FindingKey {
  Cause cause{};
  TaskId task;

  auto operator<=>(const FindingKey&) const = default;
};

// One step of the blame chain, from the victim towards the root.
struct BlameLink {
  std::string what;    // "waits in", "for file", "on file system", "on device", "served by", ...
  std::string detail;  // "/dev/mapper/data (dm-0, suspended)"

  bool operator==(const BlameLink&) const = default;
};

// One thread that belongs to the finding, and what it waits for. Without its stacks: the finding's own task
// has those, and each victim.
struct StuckThread {
  Task task;
  Duration waiting{};
  Duration in_call{};
  std::string waits_for;  // one phrase for people
};

// How many calls of each kind a thread made a second: observation/loop_facts.h.
struct CallRates {
  double ready = 0;
  double productive = 0;
  double fruitless = 0;

  bool operator==(const CallRates&) const = default;
};

struct Finding {
  FindingKey key;
  Certainty certainty = Certainty::possible;
  Task task;                 // the stuck thread; for process causes the one that tells most
  std::string unit;          // systemd unit or container; empty: unknown
  Instant since{};           // when the condition began
  bool since_exact = false;  // false: it began at the latest then
  Duration lasted{};         // at the time of the scan, discounted
  std::string summary;       // one sentence, for somebody woken up
  std::vector<std::string> evidence;
  std::vector<BlameLink> chain;      // root last
  std::vector<StuckThread> threads;  // every stuck thread of the finding, at least one
  std::vector<StuckThread>
      victims;  // cause waits_for_stuck: threads that wait for one of these, directly or not
  std::vector<std::string> advice;  // what to do about it, or about faults of its kind, most useful first
  std::optional<CallRates> rates;   // cause event_loop_spin: of `task`, since it spins
};

// Findings that are shared, not copied: the loop judges them while web threads read the same. Immutable.
class SharedFindings {
 public:
  SharedFindings() : SharedFindings(std::vector<Finding>{}) {}
  // NOLINTBEGIN(google-explicit-*): as from one list to another
  SharedFindings(std::vector<Finding> findings)
      : findings_(std::make_shared<const std::vector<Finding>>(std::move(findings))) {}
  SharedFindings(std::initializer_list<Finding> findings) : SharedFindings(std::vector<Finding>(findings)) {}

  operator const std::vector<Finding>&() const { return *findings_; }  // NOLINTEND(google-explicit-*)
  [[nodiscard]] auto begin() const { return findings_->begin(); }
  [[nodiscard]] auto end() const { return findings_->end(); }
  [[nodiscard]] bool empty() const { return findings_->empty(); }
  [[nodiscard]] std::size_t size() const { return findings_->size(); }
  [[nodiscard]] const Finding& operator[](std::size_t at) const { return (*findings_)[at]; }

 private:
  std::shared_ptr<const std::vector<Finding>> findings_;  // never null
};

// What became of the findings from one scan to the next.
struct FindingChanges {
  std::vector<Finding> raised;    // new in this scan
  SharedFindings open;            // those that hold now and are told, raised ones included; sorted by key
  std::vector<Finding> resolved;  // held until the previous scan; `lasted` is final
  std::size_t untold = 0;         // hold now as well, but there are too many to tell: diagnosis/tracker.h
};

}  // namespace wedged
