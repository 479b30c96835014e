// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/ended_thread.h"

#include <algorithm>
#include <array>
#include <csignal>

namespace wedged {
namespace {

// 0: cannot stand for its process.
int worth_as_witness(const Task& task) {
  if (task.state == RunState::dead) return task.process_threads > 1 ? 1 : 0;
  return task.details ? 3 : 2;
}

}  // namespace

const Change* survivor_of(const ProcessId& process, const Changes& changes) {
  const Change* best = nullptr;
  for (const auto& change : changes.suspects) {
    if (change.task.process != process) continue;
    if (worth_as_witness(change.task) > (best == nullptr ? 0 : worth_as_witness(best->task))) best = &change;
  }
  return best;
}

int signal_of(const Death& death) {
  return death.exit_code & 0x7f;
}

// A filter of seccomp may end one thread (SECCOMP_RET_KILL_THREAD): do_exit(SIGSYS), the only other way to
// end alone with a signal in the exit code that programs use.
bool ended_by_signal(const Death& death) {
  return signal_of(death) != 0 && signal_of(death) != SIGSYS;
}

bool died_in_kernel(const Death& death) {
  return !death.group_exit && ended_by_signal(death);
}

std::string name_of_thread(const TaskId& id, const std::string& comm) {
  return "thread " + std::to_string(id.tid) + (comm.empty() ? "" : " (" + comm + ")");
}

std::string name_of_signal(int number) {
  struct Name {
    int number;
    const char* name;
  };
  constexpr std::array names{Name{SIGSEGV, "SIGSEGV"}, Name{SIGBUS, "SIGBUS"},   Name{SIGFPE, "SIGFPE"},
                             Name{SIGILL, "SIGILL"},   Name{SIGABRT, "SIGABRT"}, Name{SIGKILL, "SIGKILL"}};
  const auto* const found =
      std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.number == number; });
  return found == names.end() ? "signal " + std::to_string(number) : found->name;
}

}  // namespace wedged
