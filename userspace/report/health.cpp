// SPDX-License-Identifier: Apache-2.0
#include "report/health.h"

#include <algorithm>

#include "report/format.h"

namespace wedged {

Health health_of(const Published* state, Instant now) {
  if (state == nullptr || state->at.monotonic == Instant{}) return {false, "there was no scan yet"};
  const Duration age = now - state->at.monotonic;
  const Duration patience = std::max<Duration>(patience_intervals * state->scan_interval, least_patience);
  if (age <= patience) return {state->scope.missing.empty(), why_blind(state->scope)};
  return {false, "the last scan was " + duration_text(age) + " ago, one is due every " +
                     duration_text(state->scan_interval)};
}

}  // namespace wedged
