// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/diagnose.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace wedged {
namespace {

using FindCause = std::vector<Finding> (*)(const Changes&, const Thresholds&);
constexpr std::array<FindCause, 3> causes{find_uninterruptible_waits, find_slow_syscalls,
                                          find_unkillable_processes};

}  // namespace

std::vector<Finding> diagnose(const Changes& changes, const Thresholds& thresholds) {
  std::vector<Finding> findings;
  for (const auto find : causes) {
    auto found = find(changes, thresholds);
    std::move(found.begin(), found.end(), std::back_inserter(findings));
  }
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return a.key < b.key; });
  return findings;
}

}  // namespace wedged
