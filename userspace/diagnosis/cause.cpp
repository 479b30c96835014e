// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/cause.h"

namespace wedged {
namespace {

struct CauseText {
  Cause cause;
  std::string_view name;
  std::string_view predicate;
};

constexpr CauseText texts[] = {
    {Cause::uninterruptible_wait, "uninterruptible_wait",
     "in D state (killable or not; not idle, not frozen) in one and the same wait for longer than the "
     "threshold; kernel "
     "threads too"},
    {Cause::kernel_loop, "kernel_loop",
     "in one system call for longer than the threshold, never asleep and never in user mode since, while its "
     "system time grows and its user time does not"},
    {Cause::slow_syscall, "slow_syscall",
     "in one system call for longer than its limit while still progressing, or while a file system's server "
     "owes the "
     "answer; calls made to wait have no limit by default"},
    {Cause::died_in_kernel, "died_in_kernel",
     "entered a system call other than exit, never left it, and ended in it by a signal that nobody sent, "
     "alone, without its process having been told to exit; the process lives; or "
     "its main thread was gone before it was watched, and the kernel's log has a report of an oops in it"},
    {Cause::unkillable, "unkillable",
     "SIGKILL has been pending for longer than the threshold, no core is being dumped, and the process still "
     "exists"},
    {Cause::starved, "starved",
     "ready to run, but on no CPU for longer than the threshold, and neither frozen nor held back by the "
     "quota of its own cgroup (cpu.max); kernel threads too"},
    {Cause::event_loop_spin, "event_loop_spin",
     "for longer than the threshold more than 1000 waits of the epoll, poll or select family a second find "
     "something ready that nobody works off, or as many calls fail alike or read at end of file, and less "
     "than 2 % as many calls consume, deliver or change anything"},
    {Cause::lost_leader, "lost_leader",
     "the main thread exited longer ago than the threshold, other threads of the process go on, and the "
     "process has not been told to exit"},
    {Cause::self_deadlock, "self_deadlock",
     "waits without a timeout, for longer than the threshold, for a lock that is not recursive and whose "
     "owner is the "
     "waiter itself"},
    {Cause::lock_cycle, "lock_cycle",
     "several threads wait, one of them for longer than the threshold, each for a lock or the end of the "
     "next, and the "
     "last for the first"},
    {Cause::dead_owner, "dead_owner",
     "waits without a timeout, for longer than the threshold, for a lock whose owner's id belongs to no "
     "thread any more, "
     "or to one that is younger than the wait"},
    {Cause::fork_inherited_lock, "fork_inherited_lock",
     "forked from a process with several threads, no exec since, and every thread of the process waits, "
     "without a timeout "
     "and for longer than the threshold, for process-private locks that no thread of it owns"},
    {Cause::no_waker, "no_waker",
     "every thread of the process waits on private futexes without a timeout, for longer than the threshold, "
     "and no "
     "timer, signal handler or other process can end one of the waits"},
    {Cause::crashed_thread, "crashed_thread",
     "SIGSEGV, SIGBUS, SIGFPE, SIGILL or SIGABRT was delivered to a handler that never returned, that thread "
     "then exited "
     "alone, and the process lives"},
    {Cause::stopped, "stopped",
     "stopped by job control, a tracer or a freezer for longer than the threshold; one finding for all such "
     "threads of the process"},
    {Cause::waits_for_stuck, "waits_for_stuck",
     "waits for a lock whose holder is stuck itself, or waits for somebody who is: a victim, reported with "
     "its root"},
};

}  // namespace

std::string_view name_of(Cause cause) {
  for (const auto& text : texts) {
    if (text.cause == cause) return text.name;
  }
  return {};
}

std::string_view predicate_of(Cause cause) {
  for (const auto& text : texts) {
    if (text.cause == cause) return text.predicate;
  }
  return {};
}

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::possible: return "possible";
    case Certainty::likely: return "likely";
    case Certainty::certain: return "certain";
  }
  return {};
}

bool is_about_process(Cause cause) {
  switch (cause) {
    case Cause::unkillable:
    case Cause::died_in_kernel:
    case Cause::lost_leader:
    case Cause::crashed_thread:
    case Cause::stopped: return true;
    default: return false;
  }
}

std::optional<Cause> cause_named(std::string_view name) {
  for (const auto& text : texts) {
    if (text.name == name) return text.cause;
  }
  return std::nullopt;
}

std::optional<Certainty> certainty_named(std::string_view name) {
  for (const auto certainty : all_certainties) {
    if (name_of(certainty) == name) return certainty;
  }
  return std::nullopt;
}

}  // namespace wedged
