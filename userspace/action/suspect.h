// SPDX-License-Identifier: Apache-2.0
// Suspect: the very process that a finding is about, held by a descriptor, while the finding still holds.
#pragma once

#include <variant>

#include "action/answer.h"
#include "action/executor.h"
#include "util/fd.h"

namespace wedged {

// Its process descriptor, or why it must be left alone. What decide() has made sure of is checked again.
[[nodiscard]] std::variant<Fd, Answer> hold_suspect(const Decision& decision,
                                                    const SampleAgain& sample_again);

}  // namespace wedged
