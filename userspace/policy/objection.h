// SPDX-License-Identifier: Apache-2.0
// Objection: why a process must not be signalled now. Guard and budget raise them; decide makes refusals of
// them.
#pragma once

#include <string>

#include "policy/decision.h"

namespace wedged {

struct Objection {
  Refusal refusal = Refusal::none;
  std::string reason;  // a sentence for people
};

}  // namespace wedged
