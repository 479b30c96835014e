// SPDX-License-Identifier: Apache-2.0
#include "policy/policy.h"

#include "policy/signals.h"

namespace wedged {

std::string Rung::name() const {
  return action == ActionKind::log ? "log" : signal_name(signal_number);
}

}  // namespace wedged
