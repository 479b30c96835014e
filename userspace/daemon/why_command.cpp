// SPDX-License-Identifier: Apache-2.0
// `wedged why`: one process explained, without a daemon and without stopping it.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "daemon/commands.h"
#include "daemon/event_log.h"
#include "daemon/lookout.h"
#include "daemon/observing.h"
#include "diagnosis/diagnose.h"
#include "diagnosis/why.h"
#include "kernel/facts.h"
#include "kernel/procfs.h"
#include "recording/recording.h"
#include "recording/whose.h"
#include "report/escape.h"
#include "report/explain.h"
#include "report/why.h"

namespace wedged {
namespace {

constexpr Duration between_samples = std::chrono::milliseconds(60);

EventStyle style_of(const Flags& flags) {
  return {flags.json ? EventFormat::json : EventFormat::text, !flags.json && takes_colour(STDOUT_FILENO)};
}

// Somebody asks about this process now: what holds in two samples is told, not only what has lasted for long.
Thresholds thresholds_of(const Settings& settings) {
  constexpr Duration a_moment = std::chrono::seconds(1);
  auto thresholds = settings.thresholds;
  thresholds.lock_wait = Duration{};
  for (auto* threshold :
       {&thresholds.uninterruptible_wait, &thresholds.kernel_loop, &thresholds.unkillable,
        &thresholds.starved, &thresholds.event_loop_spin, &thresholds.lost_leader, &thresholds.stopped})
    *threshold = std::min(*threshold, a_moment);
  return thresholds;
}

Result<int> process_of(const std::string& target) {
  if (target.find_first_not_of("0123456789") == std::string::npos) {
    const int pid = std::atoi(target.c_str());
    if (auto exists = check_process(pid); !exists) return exists.error();
    return pid;
  }
  const auto pids = processes_named(target);
  if (pids.size() == 1) return pids.front();
  if (pids.empty()) return Error{ErrorKind::gone, "there is no process named '" + target + "'"};
  std::string all;
  for (const int pid : pids) all += " " + std::to_string(pid);
  return Error{ErrorKind::malformed, std::to_string(pids.size()) + " processes are named '" + target +
                                         "'; give one of their ids:" + all};
}

// Nobody but whom we name.
SuspectLimits only_who_is_named() {
  SuspectLimits limits;
  limits.wait = std::chrono::hours(24 * 365);
  return limits;
}

struct Samples {
  std::vector<Snapshot> snapshots;
  Duration apart = between_samples;
};

bool runs_all_the_time(const std::vector<Snapshot>& samples, const ProcessId& process) {
  std::map<TaskId, std::size_t> running;
  for (const auto& snapshot : samples) {
    for (const auto& task : snapshot.suspects) {
      if (task.process == process && task.state == RunState::running) ++running[task.id];
    }
  }
  return std::any_of(running.begin(), running.end(),
                     [&](const auto& one) { return one.second == samples.size(); });
}

// What a thread that runs does is seen by its calls alone: they are followed for a moment.
Result<Samples> sample_calls(const Settings& settings, const ProcessId& process) {
  constexpr Duration apart = std::chrono::milliseconds(250);
  auto observer = start_observing(settings, Observing::calls);
  if (!observer) return observer.error();
  auto limits = only_who_is_named();
  limits.spin = Duration{1};
  limits.spin_interval = apart / 2;
  observer->probes().set_limits(limits);
  Lookout lookout(std::move(*observer), Inspecting::everybody, Lookout::all_at_once);
  auto snapshots = lookout.look_at_calls(process, SystemClock(), apart);
  if (!snapshots) return snapshots.error();
  return Samples{std::move(*snapshots), apart};
}

Result<Samples> sample(const Settings& settings, int tgid) {
  auto observer = start_observing(settings, Observing::once);
  if (!observer) return observer.error();
  observer->probes().set_limits(only_who_is_named());
  const auto found = observer->look_up({tgid}, true);
  if (!found) return found.error();
  const auto process = found->find(tgid);
  if (process == found->end())
    return Error{ErrorKind::gone,
                 "process " + std::to_string(tgid) + " has ended, or only a zombie is left of it"};
  const auto id = process->second;
  Samples samples;
  {
    Lookout lookout(std::move(*observer), Inspecting::everybody, Lookout::all_at_once);
    auto snapshots = lookout.look_at(id, SystemClock(), between_samples);
    if (!snapshots) return snapshots.error();
    samples.snapshots = std::move(*snapshots);
  }
  if (settings.observe != ObserveMode::calls || !runs_all_the_time(samples.snapshots, id)) return samples;
  std::cerr << "wedged: it runs all the time; following its calls for a moment" << std::endl;
  auto with_calls = sample_calls(settings, id);
  return with_calls ? std::move(with_calls) : samples;
}

ExitCode show(Recording recording, int tgid, const Settings& settings, const Flags& flags) {
  History history(recording.interval);
  Changes changes;
  for (auto& snapshot : recording.snapshots) changes = history.advance(std::move(snapshot));
  const auto findings = diagnose(changes, thresholds_of(settings));
  const auto why = explain(changes, findings, tgid);
  if (!why)
    return complain("process " + std::to_string(tgid) + " ended while it was looked at", ExitCode::failed);
  std::cout << render_why(*why, changes.now, style_of(flags), terminal_width(STDOUT_FILENO), flags.all_stacks)
            << std::flush;
  return ExitCode::success;
}

ExitCode replay(const Settings& settings, const Flags& flags) {
  auto recording = read_recording(*flags.replay_file);
  if (!recording) return complain(recording.error().message, ExitCode::failed);
  const auto tgid = whose(*recording, flags.target);
  if (!tgid)
    return complain(printable(*flags.replay_file + " " + tgid.error().message), exit_code_of(tgid.error()));
  return show(std::move(*recording), *tgid, settings, flags);
}

Recording recording_of(Samples samples, int tgid) {
  Recording recording;
  if (const auto facts = gather_facts()) recording.kernel = facts->release;
  recording.recorded = samples.snapshots.back().taken.wall;
  recording.process = tgid;
  recording.interval = samples.apart;
  recording.snapshots = std::move(samples.snapshots);
  return recording;
}

}  // namespace

ExitCode why_command(const Flags& flags) {
  if (!flags.explain.empty()) {
    std::cout << render_causes(flags.explain, style_of(flags), terminal_width(STDOUT_FILENO)) << std::flush;
    return ExitCode::success;
  }
  const auto settings = settings_or_complain(flags);
  if (!settings) return ExitCode::invalid_config;
  if (flags.replay_file) return replay(*settings, flags);
  const auto tgid = process_of(*flags.target);
  if (!tgid) return complain(tgid.error().message, exit_code_of(tgid.error()));
  auto samples = sample(*settings, *tgid);
  if (!samples) return complain(samples.error().message, exit_code_of(samples.error()));
  auto recording = recording_of(std::move(*samples), *tgid);
  if (flags.record_file) {
    if (auto written = write_recording(*flags.record_file, recording); !written)
      return complain(written.error().message, ExitCode::failed);
  }
  return show(std::move(recording), *tgid, *settings, flags);
}

}  // namespace wedged
