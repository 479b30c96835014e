// SPDX-License-Identifier: Apache-2.0
// What rungs are and what came of them, in words: the first lines of decisions and outcomes. Every foreign
// string is escaped. Pure.
#pragma once

#include <string>

#include "policy/decision.h"
#include "report/format.h"

namespace wedged {

// The word in capitals that a line begins with, its colour, and the rest of the line.
struct Wording {
  std::string word;
  Colour colour = Colour::none;
  std::string sentence;
};

// "SIGKILL to cgroup /system.slice/db.service of postgres[1234]", "restart of db.service for postgres[1234]".
[[nodiscard]] std::string rung_text(const Rung& rung, const Finding& finding);

// "process", "process_group", "cgroup", "unit".
[[nodiscard]] std::string_view name_of(Reach reach);

[[nodiscard]] Wording wording_of(const Decision& decision);
[[nodiscard]] Wording wording_of(const Outcome& outcome);

}  // namespace wedged
