// SPDX-License-Identifier: Apache-2.0
// Watching: the daemon's eyes without its hands, for commands that look again and again: scans, judges, and
// keeps counters and census of the sample before. Not thread-safe.
#pragma once

#include <optional>

#include "config/settings.h"
#include "daemon/lookout.h"
#include "diagnosis/tracker.h"
#include "kernel/census_taker.h"
#include "observation/history.h"
#include "top/sample.h"

namespace wedged {

struct Watched {
  TopSample sample;
  FindingChanges findings;
};

class Watching {
 public:
  // With a census, samples have threads, processes and units. Errors are those of start_observing().
  [[nodiscard]] static Result<Watching> start(const Settings& settings, Headcount headcount);

  // A scan that failed tells nothing; the next may.
  [[nodiscard]] Result<Watched> look(const ClockPair& now);
  // Takes up what the inspector has answered meanwhile.
  void listen(Instant now) { lookout_.listen(now); }
  // From now on it looks so often: what is a suspect depends on it.
  void set_interval(Duration interval);

 private:
  Watching(Settings settings, Observer observer, Headcount headcount);
  void add_calls(TopSample& sample);
  void add_loads(TopSample& sample);

  Settings settings_;
  Lookout lookout_;
  History history_;
  Tracker tracker_;
  std::optional<CensusTaker> taker_;  // absent: no census is wanted
  std::optional<Census> census_before_;
  int looks_ = 0;
  SyscallTable calls_before_;
  std::optional<Instant> before_;
};

// Set by SIGTERM, SIGINT, SIGHUP and SIGQUIT once told to; the signals then end nothing by themselves. Those
// that were ignored at the start, as by nohup(1), stay so.
void catch_ends();
[[nodiscard]] bool told_to_end();
// Sleeps so long, or until told to end; takes up answers meanwhile.
void rest(Watching& watching, Duration length);

}  // namespace wedged
