// SPDX-License-Identifier: Apache-2.0
// What systemd is told (sd_notify(3)) and what it asks for (sd_watchdog_enabled(3)). Does nothing outside a
// service.
#pragma once

#include <optional>
#include <string>

#include "util/clock.h"

namespace wedged {

class ServiceManager {
 public:
  ServiceManager();

  void ready(const std::string& status) const;
  void reloading(Instant now) const;
  void stopping() const;
  // After every finished scan: the watchdog bites if scans stop, whatever else still runs.
  void scanned(const std::string& status) const;

  [[nodiscard]] const std::optional<Duration>& watchdog() const { return watchdog_; }

 private:
  std::optional<Duration> watchdog_;
};

}  // namespace wedged
