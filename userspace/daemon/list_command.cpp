// SPDX-License-Identifier: Apache-2.0
// `wedged list`: what is stuck now, without a daemon. Some scans a moment apart: the last two verify each
// line, those before show whose memory to read and which processes to see as a whole.
#include <unistd.h>

#include <iostream>
#include <thread>

#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/lookout.h"
#include "daemon/observing.h"
#include "diagnosis/diagnose.h"
#include "report/list.h"

namespace wedged {
namespace {

constexpr Duration between_samples = std::chrono::milliseconds(200);
// The first shows suspects, the second the owners of their locks, the third what those wait for, the fourth
// verifies it.
constexpr int scans = 4;
constexpr Duration patience = std::chrono::seconds(2);  // with the inspector

void lower_thresholds(Settings& settings, Duration at_least) {
  settings.thresholds.uninterruptible_wait = at_least;
  settings.thresholds.unkillable = at_least;
  settings.thresholds.lock_wait = at_least;
  settings.thresholds.slow_syscall_default = at_least;
}

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

ExitCode list_command(const Flags& flags) {
  auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  if (flags.at_least) lower_thresholds(*settings, *flags.at_least);
  settings->scan_interval = between_samples;
  auto observer = start_observing(*settings, Observing::once);
  if (!observer) return complain(observer.error().message, exit_code_of(observer.error()));

  const SystemClock clock;
  Lookout lookout(std::move(*observer));
  auto samples = scan_some(lookout, clock);
  if (!samples) return complain(samples.error().message, ExitCode::failed);
  const auto now = samples->back().taken;
  const auto threads = samples->back().threads_scanned;
  History history(between_samples);
  Changes changes;
  for (auto& sample : *samples) changes = history.advance(std::move(sample));
  const auto findings = diagnose(changes, settings->thresholds);
  const EventStyle style{flags.json ? EventFormat::json : EventFormat::text,
                         !flags.json && takes_colour(STDOUT_FILENO)};
  std::cout << render_list(findings, threads, now, style, terminal_width(STDOUT_FILENO)) << std::flush;
  return ExitCode::success;
}

}  // namespace wedged
