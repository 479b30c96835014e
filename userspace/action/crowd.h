// SPDX-License-Identifier: Apache-2.0
// Crowd: everybody that a signal with a wider reach than one process is meant for. Pure.
#pragma once

#include <string>
#include <variant>

#include "action/answer.h"
#include "observation/member.h"
#include "policy/decision.h"

namespace wedged {

struct Crowd {
  int process_group = 0;  // 0: it is a cgroup
  std::string cgroup;     // and those below it

  [[nodiscard]] bool has(const Member& member) const;
  [[nodiscard]] std::string text() const;  // "process group 42", "cgroup /system.slice/db.service"

  bool operator==(const Crowd&) const = default;
};

// Around the process of the finding, which is `suspect` as it is now; or why there is none to reach.
[[nodiscard]] std::variant<Crowd, Answer> crowd_around(const Member& suspect, Reach reach,
                                                       const Finding& finding);

}  // namespace wedged
