// SPDX-License-Identifier: Apache-2.0
// `wedged list`: what is stuck now, without a daemon. Two scans a moment apart, so that each line has been
// verified.
#include <unistd.h>

#include <iostream>
#include <thread>

#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/observing.h"
#include "diagnosis/diagnose.h"
#include "report/list.h"

namespace wedged {
namespace {

constexpr Duration between_samples = std::chrono::milliseconds(200);

void lower_thresholds(Settings& settings, Duration at_least) {
  settings.thresholds.uninterruptible_wait = at_least;
  settings.thresholds.unkillable = at_least;
  settings.thresholds.slow_syscall_default = at_least;
}

}  // namespace

ExitCode list_command(const Flags& flags) {
  auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  if (flags.at_least) lower_thresholds(*settings, *flags.at_least);
  settings->scan_interval = between_samples;
  auto observer = start_observing(*settings, ObserveMode::scan);
  if (!observer) return complain(observer.error().message, exit_code_of(observer.error()));

  const SystemClock clock;
  History history(between_samples);
  auto first = observer->scan(clock.now());
  if (!first) return complain(first.error().message, ExitCode::failed);
  (void)history.advance(std::move(*first));
  std::this_thread::sleep_for(between_samples);
  const auto now = clock.now();
  auto second = observer->scan(now);
  if (!second) return complain(second.error().message, ExitCode::failed);
  const auto threads = second->threads_scanned;
  const auto findings = diagnose(history.advance(std::move(*second)), settings->thresholds);
  const EventStyle style{flags.json ? EventFormat::json : EventFormat::text,
                         !flags.json && takes_colour(STDOUT_FILENO)};
  std::cout << render_list(findings, threads, now, style, terminal_width(STDOUT_FILENO)) << std::flush;
  return ExitCode::success;
}

}  // namespace wedged
