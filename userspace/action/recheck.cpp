// SPDX-License-Identifier: Apache-2.0
#include "action/recheck.h"

namespace wedged {
namespace {

using Changed = std::optional<std::string>;

// The same wait, not another one of the same kind: a thread that ran in between has been switched in and out.
Changed change_of_wait(const Task& then, const Task& now) {
  if (!in_d_state(now.state)) return "the thread no longer waits uninterruptibly";
  if (now.switch_count != then.switch_count) return "the thread has run in the meantime";
  return std::nullopt;
}

Changed change_of_call(const Task& then, const Task& now) {
  if (!then.call) return "the call that was to be judged is not known";
  if (!now.call || !now.call->same_as(*then.call)) return "the thread has left the call";
  return std::nullopt;
}

}  // namespace

bool is_about_process(Cause cause) {
  return cause == Cause::unkillable;
}

Changed change_since(const Finding& finding, const Task& now) {
  const Task& then = finding.task;
  if (now.process != then.process) return "the id belongs to another process now";
  if (is_about_process(finding.key.cause)) return std::nullopt;
  if (now.id != then.id) return "the id belongs to another thread now";
  switch (finding.key.cause) {
    case Cause::uninterruptible_wait: return change_of_wait(then, now);
    case Cause::slow_syscall: return change_of_call(then, now);
    case Cause::unkillable: return std::nullopt;
  }
  return "nobody knows how to verify this cause";
}

}  // namespace wedged
