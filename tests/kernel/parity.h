// SPDX-License-Identifier: Apache-2.0
// Parity: what was observed of a thread that does not move, compared member by member with what /proc says.
#pragma once

#include "kernel/observer.h"
#include "proc_task.h"

namespace wedged::test {

// The letter that ps shows. Frozen tasks have none of their own.
[[nodiscard]] char letter_of(RunState state);

void same_task(const Task& observed, const ProcTask& proc);

// Samples the thread between two equal accounts of /proc, and compares. Returns the sample.
Task expect_parity(Observer& observer, const TaskId& id);

}  // namespace wedged::test
