// SPDX-License-Identifier: Apache-2.0
// Unit bus: restarts a unit through systemd's D-Bus interface and waits for the end of that, in a process of
// its own. The only file that includes sd-bus.
#pragma once

#include <string>

#include "util/clock.h"
#include "util/result.h"

namespace wedged {

struct RestartOrder {
  std::string unit;
  std::string cgroup;      // that the unit must have, so that no other of the same name is restarted
  Duration patience{};     // for each answer and for the whole restart
  bool rehearsal = false;  // looks whether systemd has that unit there, no more
};

// What became of it, as a sentence.
[[nodiscard]] Result<std::string> restart_over_bus(const RestartOrder& order);

// Sockets through which systemd may be asked; one of them must be there. Cheap: they are on a tmpfs.
[[nodiscard]] bool has_service_manager();

}  // namespace wedged
