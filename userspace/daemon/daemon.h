// SPDX-License-Identifier: Apache-2.0
// The daemon: one tick reads like the data flow. Owns what lives from scan to scan; renders and judges
// nothing itself. Everything runs on the thread that calls run(); web threads see the Publication alone.
#pragma once

#include <memory>
#include <vector>

#include "action/executor.h"
#include "config/command_line.h"
#include "config/settings.h"
#include "daemon/event_log.h"
#include "daemon/event_loop.h"
#include "daemon/lookout.h"
#include "daemon/service_manager.h"
#include "daemon/tally.h"
#include "diagnosis/tracker.h"
#include "observation/history.h"
#include "policy/decide.h"
#include "policy/ledger.h"
#include "report/published.h"

namespace wedged {

class Daemon {
 public:
  struct Parts {
    Settings settings;
    Flags flags;  // laid over the file again at each reload
    Lookout lookout;
    EventLoop loop;
    Surroundings surroundings;
    const Clock* clock;        // outlives the daemon
    Publication* publication;  // outlives the daemon
  };

  explicit Daemon(Parts parts);

  // Until SIGTERM or SIGINT. Fails only if the loop itself cannot go on.
  [[nodiscard]] Status run();

 private:
  void tick();
  void publish_totals();
  void reload();
  void apply(Settings settings);
  [[nodiscard]] std::vector<Outcome> execute(const std::vector<Decision>& decisions, const ClockPair& now);
  void report(const FindingChanges& findings, const std::vector<Decision>& decisions,
              const std::vector<Outcome>& outcomes, const ClockPair& now);
  void publish(const Snapshot& snapshot, const FindingChanges& findings, const ClockPair& now,
               Duration scan_duration, Duration cpu_time);

  Parts parts_;
  std::unique_ptr<Executor> executor_;
  History history_;
  Tracker tracker_;
  Ledger ledger_;
  EventLog log_;
  ServiceManager service_;
  Tally tally_;
};

}  // namespace wedged
