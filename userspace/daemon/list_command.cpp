// SPDX-License-Identifier: Apache-2.0
// `wedged list`: what is stuck now, without a daemon.
#include <unistd.h>

#include <iostream>

#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/look_now.h"
#include "daemon/observing.h"
#include "report/list.h"

namespace wedged {
namespace {

void lower_thresholds(Settings& settings, Duration at_least) {
  Thresholds& thresholds = settings.thresholds;
  for (auto* threshold : {&thresholds.uninterruptible_wait, &thresholds.kernel_loop, &thresholds.unkillable,
                          &thresholds.starved, &thresholds.event_loop_spin, &thresholds.lost_leader,
                          &thresholds.stopped, &thresholds.lock_wait})
    *threshold = at_least;
  thresholds.slow_syscall_default = at_least;
}

}  // namespace

ExitCode list_command(const Flags& flags) {
  auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  if (flags.at_least) lower_thresholds(*settings, *flags.at_least);
  const auto look = look_now(std::move(*settings));
  if (!look) return complain(look.error().message, exit_code_of(look.error()));
  const EventStyle style{flags.json ? EventFormat::json : EventFormat::text,
                         !flags.json && takes_colour(STDOUT_FILENO)};
  std::cout << render_list(look->findings, look->threads, look->at, style, terminal_width(STDOUT_FILENO))
            << std::flush;
  return ExitCode::success;
}

}  // namespace wedged
