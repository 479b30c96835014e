// SPDX-License-Identifier: Apache-2.0
// A thread that has ended while its process lives on: who is left to stand for the process, and how to name
// what is gone. For crashed_thread and died_in_kernel. Pure.
#pragma once

#include <string>

#include "diagnosis/finding.h"
#include "observation/history.h"

namespace wedged {

// Who speaks for the process: of its living threads one whose details were read, else any; else the leader,
// dead though it be, if the kernel counts more threads than it. Null: nobody is left, or nobody was seen.
[[nodiscard]] const Change* survivor_of(const ProcessId& process, const Changes& changes);

// Whether the kernel ended it in its call, with a signal that was never delivered: what it held locked stays
// locked. Of the last thread of a process the kernel says since v6.0 that the process was told to exit.
[[nodiscard]] bool ended_by_signal(const Death& death);
// The same, alone: nobody had told its process to exit.
[[nodiscard]] bool died_in_kernel(const Death& death);
[[nodiscard]] int signal_of(const Death& death);

// "thread 12 (worker)".
[[nodiscard]] std::string name_of_thread(const TaskId& id, const std::string& comm);

// "SIGSEGV"; "signal 44" for what no thread is known to end by.
[[nodiscard]] std::string name_of_signal(int number);

// As far as it is known: the thread itself is gone. `Ended` is a Crash or a Death.
template <typename Ended>
[[nodiscard]] StuckThread ended_thread(const Ended& ended, const std::string& phrase) {
  Task task;
  task.id = ended.id;
  task.process = ended.process;
  task.comm = ended.comm;
  task.process_comm = ended.process_comm;
  task.state = RunState::dead;
  return {task, {}, {}, phrase};
}

}  // namespace wedged
