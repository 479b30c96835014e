// SPDX-License-Identifier: Apache-2.0
// `wedged config test`: what the policy would have done to a recording.
#include <iostream>

#include "daemon/commands.h"
#include "recording/recording.h"
#include "report/rehearsal_text.h"

namespace wedged {

ExitCode config_test_command(const Flags& flags) {
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  auto recording = read_recording(*flags.replay_file);
  if (!recording) return complain(recording.error().message, ExitCode::failed);
  if (recording->snapshots.empty())
    return complain(*flags.replay_file + ": there is no scan in it", ExitCode::failed);
  const Policy& policy = settings->policy;
  RehearsalPlan plan{std::move(recording->snapshots), recording->interval, settings->scan_interval, {}};
  plan.as_if_for = flags.as_if_for.value_or(time_of_longest_ladder(policy, settings->thresholds));
  const Rehearsal rehearsal = rehearse(policy, settings->thresholds, plan);
  std::cout << (flags.json ? rehearsal_json(rehearsal, policy, *flags.replay_file)
                           : rehearsal_text(rehearsal, policy, *flags.replay_file))
            << std::flush;
  return ExitCode::success;
}

}  // namespace wedged
