// SPDX-License-Identifier: Apache-2.0
#include "action/recheck.h"

namespace wedged {
namespace {

using Changed = std::optional<std::string>;

// The same wait, not another one of the same kind: a thread that ran in between has been switched in and out.
Changed change_of_wait(const Task& then, const Task& now) {
  if (in_d_state(then.state) != in_d_state(now.state) || now.state == RunState::running)
    return "the thread no longer waits as it did";
  if (now.switch_count != then.switch_count) return "the thread has run in the meantime";
  return std::nullopt;
}

Changed change_of_call(const Task& then, const Task& now) {
  if (!then.call) return "the call that was to be judged is not known";
  if (!now.call || !now.call->same_as(*then.call)) return "the thread has left the call";
  return std::nullopt;
}

}  // namespace

Changed change_since(const Finding& finding, const Task& now) {
  const Task& then = finding.task;
  if (now.process != then.process) return "the id belongs to another process now";
  if (is_about_process(finding.key.cause)) return std::nullopt;
  if (now.id != then.id) return "the id belongs to another thread now";
  return finding.key.cause == Cause::slow_syscall ? change_of_call(then, now) : change_of_wait(then, now);
}

}  // namespace wedged
