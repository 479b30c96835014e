// SPDX-License-Identifier: Apache-2.0
// The screen of `wedged list`: one line for each stuck thread or process, or one JSON document. A finding is
// one of its own look, or was told by a daemon (list_reader.h). Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/watched_scope.h"
#include "report/events.h"

namespace wedged {

// A finding, as far as one line tells it. Names are as processes chose them.
struct ListedFinding {
  std::string cause;
  int pid = 0;
  int tid = 0;
  std::string comm;
  RunState state = RunState::unknown;
  Duration lasted{};
  bool since_exact = true;
  std::string call;       // empty: in none
  std::string waits_for;  // empty: nobody knows
  std::size_t threads = 1;
  std::size_t victims = 0;
  std::string unit;  // empty: of none

  bool operator==(const ListedFinding&) const = default;
};

[[nodiscard]] ListedFinding listed(const Finding& finding);

// How many are stuck and are not told, for behind the number of those that are: ", and 17 more, not told";
// empty for 0.
[[nodiscard]] std::string untold_text(std::size_t untold);
// " in cgroup /a", behind what was looked at; empty: the whole host.
[[nodiscard]] std::string scope_suffix(const WatchedScope& scope);

// `looked_at`: who has looked at what, for the last line. `width` as below.
[[nodiscard]] std::string list_table(const std::vector<ListedFinding>& findings, std::size_t untold,
                                     const std::string& looked_at, const EventStyle& style, unsigned width);

// How many threads were looked at, of whom, and what else was counted.
struct LookedAt {
  std::uint64_t threads = 0;
  std::size_t untold = 0;  // findings that are too many to tell
  WatchedScope scope{};
};

// What an own look has found. `width` is the terminal's width in columns, 0 for unlimited.
[[nodiscard]] std::string render_list(const std::vector<Finding>& findings, const LookedAt& looked_at,
                                      const ClockPair& now, const EventStyle& style, unsigned width);

}  // namespace wedged
