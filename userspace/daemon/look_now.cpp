// SPDX-License-Identifier: Apache-2.0
// Some scans a moment apart: the last two verify each finding, those before show whose memory to read and
// which processes to see as a whole.
#include "daemon/look_now.h"

#include <thread>

#include "daemon/lookout.h"
#include "daemon/observing.h"
#include "diagnosis/diagnose.h"

namespace wedged {
namespace {

constexpr Duration between_samples = std::chrono::milliseconds(200);
// The first shows suspects, the second the owners of their locks, the third what those wait for, the fourth
// verifies it.
constexpr int scans = 4;
constexpr Duration patience = std::chrono::seconds(2);  // with the inspector

Result<std::vector<Snapshot>> scan_some(Lookout& lookout, const Clock& clock) {
  std::vector<Snapshot> samples;
  for (int sample = 0; sample < scans; ++sample) {
    if (sample > 0) std::this_thread::sleep_for(between_samples);
    auto snapshot = lookout.scan(clock.now());
    if (!snapshot) return snapshot.error();
    samples.push_back(std::move(*snapshot));
    lookout.settle(patience);
  }
  return samples;
}

}  // namespace

Result<Look> look_now(Settings settings) {
  settings.scan_interval = between_samples;
  auto observer = start_observing(settings, Observing::once);
  if (!observer) return observer.error();
  Lookout lookout(std::move(*observer), Inspecting::suspects, Lookout::all_at_once);
  auto samples = scan_some(lookout, SystemClock());
  if (!samples) return samples.error();
  Look look;
  look.at = samples->back().taken;
  look.threads = samples->back().threads_scanned;
  look.scope = lookout.observer().probes().scope();
  History history(between_samples);
  Changes changes;
  for (auto& sample : *samples) changes = history.advance(std::move(sample));
  look.findings = diagnose(changes, settings.thresholds);
  return look;
}

}  // namespace wedged
