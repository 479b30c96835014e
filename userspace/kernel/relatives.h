// SPDX-License-Identifier: Apache-2.0
// Relatives: tasks that suspects refer to and that need not be suspects themselves: the owner of a kernel
// lock, and whom that one waits for, the child that a vfork parent waits for, the tracer of a stopped thread,
// whoever occupies the CPU that a starved one wants. They join the snapshot, so that chains can be followed.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "kernel/decode.h"
#include "observation/task.h"
#include "util/result.h"

namespace wedged {

// Samples these tasks now, with details; a start time of 0 stands for whoever has the id. Those that do not
// exist are missing in the answer.
using ReadTasks = std::function<Result<DecodedRecords>(const std::vector<TaskId>&)>;

// `tasks` is sorted by id, before and after. Where the waits name a lock, the tasks' details get it, with its
// owner looked up: it is known only if the task with its id now has the very address that the lock names.
void add_relatives(std::vector<Task>& tasks, const std::map<TaskId, KernelWait>& waits,
                   const ReadTasks& read);

}  // namespace wedged
