// SPDX-License-Identifier: Apache-2.0
// The answer of `wedged probe`: what this kernel offers, what will be missing, and why. Renders values,
// decides nothing but the last line's wording.
#pragma once

#include <string>
#include <vector>

#include "report/events.h"

namespace wedged {

struct ProbeItem {
  std::string name;
  bool available = false;
  std::string what_for;
  std::string reason;     // why it is not available; empty if it is
  bool required = false;  // without it nothing runs
};

// True if everything required is there.
[[nodiscard]] bool probe_usable(const std::vector<ProbeItem>& items);

// A table for people, or one JSON document.
[[nodiscard]] std::string render_probe(const std::vector<ProbeItem>& items, const std::string& kernel_release,
                                       const EventStyle& style);

}  // namespace wedged
