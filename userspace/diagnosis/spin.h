// SPDX-License-Identifier: Apache-2.0
// Spin: a loop that turns without working, judged by what was counted of its calls and by what its waits
// returned. Knows no words (diagnosis/spin_text.h) and no threshold. Pure.
#pragma once

#include <optional>
#include <vector>

#include "diagnosis/finding.h"
#include "observation/history.h"

namespace wedged {

struct Spin {
  const Change* change = nullptr;
  CallRates rates;
  bool waits = false;                     // its waits find something ready, at such a rate
  std::optional<FailingCall> failing;     // a call fails alike, or moves nothing, at such a rate
  std::vector<ReadyDescriptor> culprits;  // always ready and left alone, worst first
  Certainty certainty = Certainty::likely;
};

// Absent: it does not spin, or what its waits return is worked off. `change` must outlive what is returned.
[[nodiscard]] std::optional<Spin> spin_of(const Change& change, Instant now);

// No call on it that fails so will ever succeed while nobody touches the descriptor or the limit.
[[nodiscard]] bool fails_for_good(const FailingCall& failing);
// There was nothing to do yet: EAGAIN.
[[nodiscard]] bool merely_polls(const FailingCall& failing);
[[nodiscard]] bool reads(const FailingCall& failing);
[[nodiscard]] bool accepts(const FailingCall& failing);

// Whether the two loops turn around the same: one epoll instance, one culprit, one descriptor that fails.
[[nodiscard]] bool same_root(const Spin& one, const Spin& other);

}  // namespace wedged
