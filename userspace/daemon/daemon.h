// SPDX-License-Identifier: Apache-2.0
// The daemon: one tick reads like the data flow. Owns what lives from scan to scan; renders and judges
// nothing itself. Everything runs on the thread that calls run(); web threads see the Publication alone.
#pragma once

#include <functional>
#include <vector>

#include "config/command_line.h"
#include "config/config_file.h"
#include "config/settings.h"
#include "daemon/enforcer.h"
#include "daemon/event_log.h"
#include "daemon/event_loop.h"
#include "daemon/lookout.h"
#include "daemon/service_manager.h"
#include "daemon/tally.h"
#include "diagnosis/tracker.h"
#include "kernel/own_process.h"
#include "observation/history.h"
#include "report/chronicle.h"
#include "report/published.h"

namespace wedged {

class Daemon {
 public:
  struct Parts {
    Settings settings;
    Flags flags;  // laid over the file again at each reload
    Lookout lookout;
    EventLoop loop;
    // Its executor looks at tasks again through the lookout that it is given.
    std::function<Enforcer(Lookout&)> enforcer;
    const Clock* clock;        // outlives the daemon
    Publication* publication;  // outlives the daemon
  };

  explicit Daemon(Parts parts);

  // Until SIGTERM or SIGINT. Fails only if the loop itself cannot go on.
  [[nodiscard]] Status run();

 private:
  // What a scan told beside its suspects, which go into judging.
  struct ScanTold {
    std::uint64_t threads_scanned = 0;
    std::uint64_t hung_task_reports = 0;
    LossesByReason losses;
    std::optional<KernelVoice> voice;
  };
  struct Loaded {
    Settings settings;
    bool ledger_taken_up = false;  // with them: nobody has looked at what it says
  };

  void tick();
  void add_standing(Published& state);
  void publish_standing();
  void reload();
  [[nodiscard]] std::variant<Loaded, ConfigProblems> load(const ClockPair& now);
  void apply(Settings settings);
  void tell_of_enforcement(const ClockPair& now);
  void tell_of_scope(const ClockPair& now);
  void report(const KernelVoice& voice, const ClockPair& now);
  void report(const FindingChanges& findings, const ClockPair& now);
  void report(const Acts& acts, const SharedFindings& open, const ClockPair& now);
  void report(const std::vector<Outcome>& outcomes, const ClockPair& now);
  void publish(const ScanTold& told, const FindingChanges& findings, const ClockPair& now,
               Duration scan_duration, Duration cpu_time);

  Parts parts_;
  Enforcer enforcer_;
  History history_;
  Tracker tracker_;
  EventLog log_;
  ServiceManager service_;
  Tally tally_;
  Chronicle chronicle_;
  OwnProcessReader own_process_;
  Instant started_{};
  bool ready_ = false;
  bool blind_ = false;  // nobody can be in the scope
};

}  // namespace wedged
