// SPDX-License-Identifier: Apache-2.0
#include "observation/process_wait.h"

#include <sys/wait.h>

#include "observation/syscall_names.h"

namespace wedged {
namespace {

// The pid that is waited for; 0: none in particular.
int awaited(const SystemCall& call) {
  const auto name = syscall_name(call.number);
  const auto& arguments = *call.arguments;
  const auto id =
      static_cast<int>(static_cast<std::uint32_t>(name == "waitid" ? arguments[1] : arguments[0]));
  if (name == "wait4") return id > 0 ? id : 0;
  if (name == "waitid") return arguments[0] == P_PID && id > 0 ? id : 0;
  return 0;
}

}  // namespace

std::optional<Lock> process_wait_of(const Task& task) {
  if (!task.call || task.call->compat || !task.call->arguments || task.state != RunState::sleeping)
    return std::nullopt;
  const int pid = awaited(*task.call);
  if (pid == 0) return std::nullopt;
  Lock lock;
  lock.kind = LockKind::process;
  lock.type = "end of process " + std::to_string(pid);
  lock.process_private = false;
  lock.layout_certain = true;
  lock.owner = pid;
  return lock;
}

}  // namespace wedged
