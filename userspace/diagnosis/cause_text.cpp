// SPDX-License-Identifier: Apache-2.0
// Sources of the advice: fork(2), pthread_atfork(3), pthread_mutexattr_setrobust(3), pthread_cancel(3),
// signal-safety(7), dmsetup(8), fsfreeze(8), fuse(4), sched(7), chrt(1), ptrace(2), epoll(7), epoll_ctl(2),
// poll(2), accept(2), timerfd_create(2), eventfd(2), signalfd(2), inotify(7), systemd.exec(5), the kernel's
// admin-guide/cgroup-v2.rst, cgroup-v1/freezer-subsystem.rst and sysctl/kernel.rst.
#include "diagnosis/cause_text.h"

#include <array>

namespace wedged {
namespace {

struct CauseWords {
  Cause cause;
  std::string_view certainty;
  std::string_view meaning;
  std::array<std::string_view, 4> advice;  // unused ones are empty
};

constexpr CauseWords words[] = {
    {Cause::uninterruptible_wait,
     "likely: the device or server may still answer; certain if it waits for a lock whose owner has died",
     "The kernel waits inside a call for a device, a file system or a server, and lets no ordinary signal "
     "end that wait. The thread goes on at once when the answer comes.",
     {"Mend what the root of the chain names: `dmsetup resume NAME` for a suspended device, `fsfreeze -u "
      "MOUNT` for a frozen file system.",
      "Bring a dead NFS, SMB or FUSE server back, or kill the waiter where the state says killable.",
      "Look for errors of the disk or its path (`dmesg`, `multipath -ll`, SMART): the thread comes back when "
      "the request does.",
      "Without a device or server in the chain, read the kernel stack: another task may hold a kernel "
      "lock."}},
    {Cause::kernel_loop,
     "likely: a huge call may do the same and finish",
     "The kernel runs inside one call without end: it neither sleeps nor comes back to the program. It takes "
     "a CPU, and no signal reaches the thread before the call looks for one.",
     {"Look where it runs: `perf top -t TID`, or the kernel stack of the finding several times over.",
      "A call over a huge range (munmap, madvise, copy_file_range, write to drop_caches) may need its time: "
      "look whether such calls come back elsewhere.",
      "Try SIGKILL: a loop that looks for signals ends; if it does not, the process becomes unkillable.",
      "A loop that never ends is a bug of the kernel: keep stacks and `dmesg`, report it, plan a reboot of "
      "the host."}},
    {Cause::slow_syscall,
     "possible: it still makes progress, or a server still owes the answer",
     "One call takes longer than calls of its kind should. It may well finish.",
     {"Wait, and look at the latency of the device or server that the finding names.",
      "Where such a call is normal here, raise its limit: `slow_syscall.limits` in the configuration.",
      "If a FUSE or NFS server owes the answer, look at that server first."}},
    {Cause::died_in_kernel,
     "certain; likely if it died before it was watched and only the kernel's log tells of it",
     "The kernel crashed (an oops) inside a call of this thread and ended the thread alone. The call will "
     "never return, and the rest of the process goes on as if nothing had happened.",
     {"Restart the process, or let a policy kill it so that failover starts.",
      "Read the report of the oops in `dmesg` or the journal: it names the function that crashed.",
      "Locks that the thread held inside the kernel stay locked for ever: who needs one hangs. Plan a reboot "
      "of the host.",
      "Report the oops to the kernel's distributor; `kernel.panic_on_oops=1` makes a host of a cluster "
      "reboot "
      "at once."}},
    {Cause::unkillable,
     "certain",
     "The process was killed and cannot die, since a thread of it waits in the kernel where not even SIGKILL "
     "ends the wait. No further signal helps.",
     {"End what its threads wait for: mend the device or server at the root of the chain.",
      "A FUSE mount: kill its server, or write 1 to the connection's `abort` in /sys/fs/fuse/connections.",
      "If nothing of this can be done, fence or reboot the host: data it holds will not be released."}},
    {Cause::starved,
     "likely: the CPU may yet come free; possible for SCHED_IDLE, which asks for no more",
     "The thread has work to do and gets no CPU: somebody of higher priority occupies it, or the thread may "
     "run on that CPU only.",
     {"Look who occupies the CPU that the finding names. A real-time thread (SCHED_FIFO, SCHED_RR) that does "
      "not sleep takes all of it.",
      "Lower that thread (`chrt -o -p 0 TID`), end it, or give it a CPU of its own (`taskset`, cpusets, "
      "isolcpus).",
      "Leave `kernel.sched_rt_runtime_us` below the period (950000 of 1000000): real-time threads then leave "
      "5 % to the others.",
      "A starved kernel thread (ksoftirqd, kworker, rcu) stops more than itself: free its CPU first."}},
    {Cause::event_loop_spin,
     "certain with a descriptor that was ready and untouched throughout, or with a call that cannot succeed; "
     "likely without; possible if it may poll on purpose",
     "The loop around epoll, poll or select turns without an end: something is always ready, nobody deals "
     "with "
     "it, and so the wait returns at once. It takes a CPU; other requests may be served beside it, slowly.",
     {"Take EPOLLERR and EPOLLHUP (POLLERR, POLLHUP) as readable and writable: they are reported unasked. "
      "Then "
      "read or write returns the error, or 0, and the descriptor can be closed.",
      "Read what is ready: a timerfd, eventfd, signalfd or inotify descriptor stays ready until it was read. "
      "Ask for EPOLLOUT only while there is something to write.",
      "At end of file (read returned 0) close the descriptor or remove it. Remove it before it is closed if "
      "a "
      "child or somebody else has a duplicate.",
      "accept that fails with EMFILE: raise the limit (`LimitNOFILE=` of the unit), and keep a spare "
      "descriptor to accept and close with."}},
    {Cause::lost_leader,
     "possible: a program may end its main thread on purpose (pthread_exit)",
     "The main thread has ended and the others go on. The kernel keeps it as a zombie until the last one has "
     "ended, so `ps` shows a defunct process that still works, in part.",
     {"If the program does not do this on purpose, restart it: what its main thread did is done no more.",
      "See how it ended: pthread_exit in main, a runtime that detaches, or a crash that the program's log "
      "tells.",
      "Where it is on purpose, let main join the others and not exit: many tools take a defunct leader for "
      "a dead process."}},
    {Cause::self_deadlock,
     "certain; likely where other processes share the lock: the id in it may mean somebody else there",
     "The thread locks a lock that it has locked already, and waits for itself for ever. Whoever needs that "
     "lock will wait too.",
     {"Restart the process: it cannot recover.",
      "Both acquisitions are in the user stack: the innermost locks what a function further out holds. Let "
      "the inner path not lock, or call it after unlocking.",
      "If the inner path must lock by itself, split it into a locking and a `_locked` function, or make the "
      "mutex recursive (PTHREAD_MUTEX_RECURSIVE).",
      "While testing, use PTHREAD_MUTEX_ERRORCHECK: the second lock then fails with EDEADLK and does not "
      "hang."}},
    {Cause::lock_cycle,
     "certain; likely where other processes share the lock: the id in it may mean somebody else there",
     "Several threads wait for each other in a circle: each holds what the one before it needs. None can "
     "ever go on.",
     {"Restart the process: it cannot recover.",
      "Take these locks in one and the same order everywhere; the user stacks show which thread took which "
      "first.",
      "Do not call back, join a thread or wait for another process while holding a lock that they need.",
      "Where no order can be kept, take the second lock with `pthread_mutex_trylock` and let go of the first "
      "if that fails; C++: `std::scoped_lock` of both."}},
    {Cause::dead_owner,
     "certain; likely if the owner's id was given to a younger thread, or if the mutex is robust or shared",
     "The lock is held by a thread that has ended without unlocking it. Nobody is left who could.",
     {"Restart the process: this lock will never be free again.",
      "Find out how the owner ended: cancelled, left by pthread_exit, or crashed while it held the lock.",
      "Do not cancel threads that hold locks, and unlock in a cleanup handler or a destructor.",
      "Where owners may die, make the mutex robust (PTHREAD_MUTEX_ROBUST): the next locker gets EOWNERDEAD "
      "and can repair the state."}},
    {Cause::fork_inherited_lock,
     "certain if the fork was seen; likely or possible if it was before the monitor watched",
     "The process was forked while another thread of its parent held a lock. It got the locked copy, but not "
     "the thread that would unlock it.",
     {"Kill the child and let the parent start it again: it cannot recover.",
      "Take no lock between fork and exec: no logging, no malloc, no localtime (signal-safety(7) lists what "
      "may be called).",
      "Call exec at once, or use posix_spawn in place of fork.",
      "If the child must go on without exec, take the lock in the parent's `pthread_atfork` prepare handler "
      "and release it in both others; or fork before the first thread is started."}},
    {Cause::no_waker,
     "likely: what a debugger or another host does is not seen",
     "Every thread of the process waits for another thread of the same process to wake it, and none is left "
     "to do it.",
     {"Restart the process: nothing inside can wake it.",
      "Look in the user stacks for the wake-up that was lost: a condition signalled before the wait, or "
      "without changing the state that the waiter tests.",
      "Hold the mutex while changing that state, test it in a loop around `pthread_cond_wait`, and signal "
      "after the change.",
      "A semaphore or queue that nobody posts any more: see which thread should have, and whether it "
      "ended early."}},
    {Cause::crashed_thread,
     "certain if the thread ended within 10 s of the signal, likely within 10 min; later it is no finding",
     "A thread crashed, its crash handler never returned, and the thread ended alone. The process looks "
     "alive but lacks that thread, and what it held stays locked.",
     {"Restart the process, or let a policy kill it so that failover starts.",
      "Do not cancel and join the calling thread in the crash handler: it then ends before it can raise the "
      "signal again.",
      "Restore the default action and raise the signal again first, or after async-signal-safe reporting "
      "only; `alarm` before the rest as a last resort.",
      "Look for the crash itself in the program's log: the signal and the thread's name are in the "
      "finding."}},
    {Cause::stopped,
     "possible: somebody may have stopped it on purpose",
     "The process does nothing because it was told to stop: by a job control signal, by a debugger or other "
     "tracer, or by a freezer. It goes on when whoever stopped it lets it.",
     {"By a signal (T): `kill -CONT PID`. Ctrl-Z, or reading from the terminal in the background, stops too.",
      "By a tracer (t): let the debugger go on or detach; if it is stuck itself, end it: its tracees then "
      "run on.",
      "By the freezer of a cgroup: write 0 to the `cgroup.freeze` that the finding names (`systemctl thaw "
      "UNIT`, `docker unpause`, `podman unpause`).",
      "By the freezer of cgroup v1: write THAWED to `freezer.state`; not even SIGKILL reaches it before."}},
    {Cause::waits_for_stuck,
     "as that of its root",
     "The thread itself is healthy: it waits for a lock whose holder is stuck, directly or through others. "
     "It goes on when the root does.",
     {"See the finding it is listed with: mend the root, not this thread.",
      "Hold no lock while doing what can block: the holder's user stack shows which call that was."}},
};

const CauseWords& words_of(Cause cause) {
  for (const CauseWords& candidate : words) {
    if (candidate.cause == cause) return candidate;
  }
  return words[0];
}

constexpr bool all_have_words() {
  for (const Cause cause : all_causes) {
    bool found = false;
    for (const CauseWords& candidate : words) found = found || candidate.cause == cause;
    if (!found) return false;
  }
  return true;
}
static_assert(all_have_words(), "every cause is explained");

}  // namespace

std::string_view meaning_of(Cause cause) {
  return words_of(cause).meaning;
}

std::string_view certainty_text_of(Cause cause) {
  return words_of(cause).certainty;
}

std::vector<std::string> advice_of(Cause cause) {
  std::vector<std::string> advice;
  for (const std::string_view line : words_of(cause).advice) {
    if (!line.empty()) advice.emplace_back(line);
  }
  return advice;
}

}  // namespace wedged
