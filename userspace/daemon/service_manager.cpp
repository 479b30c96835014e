// SPDX-License-Identifier: Apache-2.0
#include "daemon/service_manager.h"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <utility>

namespace wedged {

ServiceManager::ServiceManager(NotifySocket socket) : socket_(std::move(socket)) {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) > 0) watchdog_ = std::chrono::microseconds(microseconds);
}

void ServiceManager::ready(const std::string& status, Duration scan_interval) {
  enter("READY=1\nSTATUS=" + status + watchdog_for(scan_interval));
}

void ServiceManager::reloading(Instant now) {
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  enter("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping() {
  enter("STOPPING=1");
}

void ServiceManager::scanned(const std::string& status) {
  if (told_state()) static_cast<void>(socket_.send("WATCHDOG=1\nSTATUS=" + status));
}

// It is fed by finished scans. systemd keeps what it was asked for until the next start; so once another one
// than the unit's was asked for, each state says which it is to be.
std::string ServiceManager::watchdog_for(Duration scan_interval) {
  if (!watchdog_) return {};
  const auto wanted = std::max(*watchdog_, 3 * scan_interval);
  stretched_ = stretched_ || wanted > *watchdog_;
  if (!stretched_) return {};
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(wanted).count();
  return "\nWATCHDOG_USEC=" + std::to_string(microseconds);
}

// Takes the place of one that is owed still: only the last one counts.
void ServiceManager::enter(std::string state) {
  owed_ = std::move(state);
  static_cast<void>(told_state());
}

bool ServiceManager::told_state() {
  if (!owed_.empty() && socket_.send(owed_)) owed_.clear();
  return owed_.empty();
}

}  // namespace wedged
