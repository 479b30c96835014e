// SPDX-License-Identifier: Apache-2.0
// Policy: rules that say which findings are acted on, and how. Compiled and valid; the text form is config's.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "diagnosis/cause.h"
#include "util/clock.h"

namespace wedged {

// What one rung of a ladder does.
enum class ActionKind { signal, log };

struct Rung {
  ActionKind action = ActionKind::log;
  int signal_number = 0;  // for `signal`: SIGABRT, SIGTERM, SIGKILL, ... never 0
  Duration grace{};       // how long the next rung waits for this one to work

  // As in metrics: "SIGTERM", "log".
  [[nodiscard]] std::string name() const;

  bool operator==(const Rung&) const = default;
};

// At most `actions` within `window`: every signal counts, so a ladder of two signals needs two; a log line
// counts not. After an action no other ladder is begun for `cool_down`; one already begun goes on.
struct Limits {
  unsigned actions = 5;
  Duration window = std::chrono::minutes(10);
  Duration cool_down = std::chrono::minutes(1);

  bool operator==(const Limits&) const = default;
};

// All that is given must hold. Patterns are globs (fnmatch(3), `*` matches slashes too); an empty list
// matches everything. `comm` is the process's name, not the stuck thread's.
struct Match {
  std::set<Cause> causes;  // empty: every cause
  Certainty at_least = Certainty::likely;
  Duration lasting{};
  std::vector<std::string> comm;
  std::vector<std::string> exe;
  std::vector<std::string> unit;

  bool operator==(const Match&) const = default;
};

struct Rule {
  std::string name;
  Match match;
  std::vector<Rung> ladder;  // never empty
  Limits limits;

  bool operator==(const Rule&) const = default;
};

struct Policy {
  bool enforce = false;
  std::vector<std::string>
      protect;              // globs; with a slash: of exe, else of comm. In addition to the built-in list
  Limits limits;            // of the whole host, over all rules
  std::vector<Rule> rules;  // the first that matches a finding is the one that counts

  bool operator==(const Policy&) const = default;
};

// Never signalled, whatever a policy says; comm globs. Shown by `config show`.
[[nodiscard]] const std::vector<std::string>& built_in_protect_list();

}  // namespace wedged
