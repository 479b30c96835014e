// SPDX-License-Identifier: Apache-2.0
#include "observation/kernel_voice.h"

namespace wedged {

const OopsReport* report_of(const std::vector<OopsReport>& reports, int tid, Instant died,
                            Duration tolerance) {
  const OopsReport* closest = nullptr;
  Duration smallest = tolerance;
  for (const auto& report : reports) {
    const Duration distance = report.at < died ? died - report.at : report.at - died;
    if (report.tid != tid || distance > smallest) continue;
    closest = &report;
    smallest = distance;
  }
  return closest;
}

const OopsReport* report_between(const std::vector<OopsReport>& reports, int tid, Instant born,
                                 Instant seen) {
  const OopsReport* last = nullptr;
  for (const auto& report : reports) {
    if (report.tid != tid || report.at < born || report.at > seen) continue;
    if (last == nullptr || last->at <= report.at) last = &report;
  }
  return last;
}

}  // namespace wedged
