// SPDX-License-Identifier: Apache-2.0
// Answer: what became of one rung, before it is an outcome of a decision.
#pragma once

#include <string>

#include "policy/decision.h"
#include "util/result.h"

namespace wedged {

// `done` as long as nothing is in the way.
struct Answer {
  OutcomeKind kind = OutcomeKind::done;
  std::string detail;

  bool operator==(const Answer&) const = default;
};

[[nodiscard]] inline Answer failed(const std::string& why) {
  return {OutcomeKind::failed, why};
}

[[nodiscard]] inline Answer answer_of(const Error& error) {
  return {error.kind == ErrorKind::gone ? OutcomeKind::gone : OutcomeKind::failed, error.message};
}

}  // namespace wedged
