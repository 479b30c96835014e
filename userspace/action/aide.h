// SPDX-License-Identifier: Apache-2.0
// Aides: what may hang on a disk, on systemd or on its bus is done by a process of its own, beside the loop.
// It is this program, started again with a command that is not for people: after fork alone, in a program
// with threads, nothing could be done that allocates memory, and a tool such as dd or systemctl need not be
// there, follows symbolic links and knows neither quota nor cgroup.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "action/dump_aide.h"
#include "action/unit_bus.h"

namespace wedged {

// The arguments behind the program's name. A process id makes it a core; the process is then held by
// `extra_descriptor` of action/spawn.h.
[[nodiscard]] std::vector<std::string> aide_arguments(const DumpOrder& order, std::optional<int> core_of);
[[nodiscard]] std::vector<std::string> aide_arguments(const RestartOrder& order);

// Whether these are the arguments of an aide, the program's name included.
[[nodiscard]] bool is_aide(const std::vector<std::string>& arguments);
// One line on standard output says what became of it. The exit status: 0 if all went well.
[[nodiscard]] int run_aide(const std::vector<std::string>& arguments);

}  // namespace wedged
