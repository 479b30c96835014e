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

Changed change_of_loop(const Task& then, const Task& now) {
  if (now.state != RunState::running) return "the thread no longer runs in the kernel";
  if (now.user_time_ns != then.user_time_ns) return "the thread has run in user mode in the meantime";
  return change_of_call(then, now);
}

Changed change_of_turn(const Task& then, const Task& now) {
  if (now.state != RunState::running) return "the thread no longer waits for a CPU";
  if (now.switch_count != then.switch_count) return "the thread has got a CPU in the meantime";
  return std::nullopt;
}

Changed change_of_spin(const Task& then, const Task& now) {
  const bool spins = now.loop && now.loop->spinning_since;
  if (!spins || !then.loop || now.loop->spinning_since != then.loop->spinning_since)
    return "the thread has stopped spinning in the meantime";
  return std::nullopt;
}

// Any thread may be asked, for as long as there is one of which it is true. A leader that lives is another
// one: a thread has called exec and taken its id.
Changed change_of_process(Cause cause, const Task& now) {
  if (cause == Cause::stopped && !is_stopped(now)) return "the process goes on";
  const bool leader_lives = now.id.tid == now.id.tgid && now.state != RunState::dead;
  if (cause == Cause::lost_leader && leader_lives) return "the process has a main thread again";
  return std::nullopt;
}

}  // namespace

Changed change_since(const Finding& finding, const Task& now) {
  const Task& then = finding.task;
  const Cause cause = finding.key.cause;
  if (now.process != then.process) return "the id belongs to another process now";
  if (is_about_process(cause)) return change_of_process(cause, now);
  if (now.id != then.id) return "the id belongs to another thread now";
  switch (cause) {
    case Cause::slow_syscall: return change_of_call(then, now);
    case Cause::kernel_loop: return change_of_loop(then, now);
    case Cause::starved: return change_of_turn(then, now);
    case Cause::event_loop_spin: return change_of_spin(then, now);
    default: return change_of_wait(then, now);
  }
}

}  // namespace wedged
