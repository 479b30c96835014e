// SPDX-License-Identifier: Apache-2.0
// What systemd is told (sd_notify(3)) and what it asks for (sd_watchdog_enabled(3)). Does nothing outside a
// service. Never waits for PID 1, which may hang with the host: what it does not take is dropped; but a new
// state, without which it would end the daemon, is told again with the next scan.
#pragma once

#include <optional>
#include <string>

#include "daemon/notify_socket.h"
#include "util/clock.h"

namespace wedged {

class ServiceManager {
 public:
  explicit ServiceManager(NotifySocket socket = NotifySocket::of_environment());

  // Asks for a watchdog that lets scans as far apart as this live, if the unit's would not.
  void ready(const std::string& status, Duration scan_interval);
  void reloading(Instant now);
  void stopping();
  // After every finished scan: the watchdog bites if scans stop, whatever else still runs.
  void scanned(const std::string& status);

 private:
  [[nodiscard]] std::string watchdog_for(Duration scan_interval);
  void enter(std::string state);
  [[nodiscard]] bool told_state();

  NotifySocket socket_;
  std::optional<Duration> watchdog_;  // the unit's WatchdogSec=
  bool stretched_ = false;            // another one was asked for
  std::string owed_;                  // the last state, if it was not taken yet
};

}  // namespace wedged
