// SPDX-License-Identifier: Apache-2.0
// Words for what keeps a thread from running that wants to: no CPU, or somebody who stopped it. Pure.
#pragma once

#include <string>

#include "observation/history.h"

namespace wedged {

// "SCHED_OTHER", "SCHED_FIFO 50".
[[nodiscard]] std::string describe_policy(const Scheduling& scheduling);

// Who runs on the CPU that the thread waits for: "rtkit[77], SCHED_FIFO 50"; empty if that is not known.
[[nodiscard]] std::string describe_occupant(const Task& task, const Changes& changes);

// Who stopped it, for a task that is_stopped(): "its tracer gdb[77]", "the freezer of its cgroup /a/b", ...
[[nodiscard]] std::string describe_stopper(const Task& task, const Changes& changes);

}  // namespace wedged
