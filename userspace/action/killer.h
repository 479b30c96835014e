// SPDX-License-Identifier: Apache-2.0
// Killer: carries out signals, and only on the very process the finding is about while the finding still
// holds. Decides nothing, remembers nothing, waits for nothing: later scans see what came of it.
#pragma once

#include <string>
#include <utility>

#include "action/executor.h"
#include "util/fd.h"

namespace wedged {

class Killer final {
 public:
  explicit Killer(SampleAgain sample_again) : sample_again_(std::move(sample_again)) {}

  // Whether this process may signal others at all, tried without harming anybody. Kind `unsupported`: the
  // kernel or a system call filter lacks something; `denied`: CAP_KILL is missing. The message says what.
  [[nodiscard]] static Status self_test();

  // A dry run does everything but send: it asks with signal 0.
  [[nodiscard]] Outcome execute(const Decision& decision, Instant now) const;

 private:
  SampleAgain sample_again_;
};

}  // namespace wedged
