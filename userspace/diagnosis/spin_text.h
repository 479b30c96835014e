// SPDX-License-Identifier: Apache-2.0
// What is told of a loop that spins: what it does, what proves it, and from which call to which descriptor
// its blame leads. What to do about it: diagnosis/spin_advice.h. Pure.
#pragma once

#include <string>
#include <vector>

#include "diagnosis/spin.h"

namespace wedged {

// "spins in epoll_wait", "spins in accept4", "polls with recvfrom".
[[nodiscard]] std::string describe_spin(const Spin& spin);

[[nodiscard]] std::string spin_summary(const Spin& spin);
[[nodiscard]] std::vector<std::string> spin_evidence(const Spin& spin, Duration threshold);
[[nodiscard]] std::vector<BlameLink> spin_chain(const Spin& spin);

}  // namespace wedged
