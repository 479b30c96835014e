// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/syscall_limits.h"

#include <algorithm>
#include <array>
#include <string>

#include "observation/syscall_names.h"

namespace wedged {
namespace {

constexpr auto waiting_calls = std::to_array<std::string_view>({
    // for time or signals
    "nanosleep",
    "clock_nanosleep",
    "pause",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "restart_syscall",
    "sched_yield",
    // for locks and other threads
    "futex",
    "futex_wait",
    "futex_waitv",
    "flock",
    "fcntl",
    "semop",
    "semtimedop",
    "membarrier",
    // for descriptors
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "io_getevents",
    "io_pgetevents",
    "io_uring_enter",
    "ioctl",
    // for data or room of pipes, sockets, terminals, queues
    "read",
    "readv",
    "pread64",
    "preadv",
    "preadv2",
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "splice",
    "tee",
    "vmsplice",
    "sendfile",
    "copy_file_range",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "accept",
    "accept4",
    "connect",
    "close",
    "close_range",
    "shutdown",
    "msgrcv",
    "msgsnd",
    "mq_timedreceive",
    "mq_timedsend",
    "getrandom",
    "syslog",
    // for other processes
    "wait4",
    "waitid",
    "vfork",
    "clone",
    "clone3",
    "ptrace",
    "exit",
    "exit_group",
    // long by nature
    "swapon",
    "swapoff",
    "init_module",
    "finit_module",
    "delete_module",
    "reboot",
    "kexec_load",
    "kexec_file_load",
    "bpf",
});

}  // namespace

bool made_to_wait(std::string_view call) {
  return std::find(waiting_calls.begin(), waiting_calls.end(), call) != waiting_calls.end();
}

std::optional<Duration> limit_of(std::string_view call, const Thresholds& thresholds) {
  const auto own = thresholds.slow_syscall_limits.find(std::string(call));
  if (own != thresholds.slow_syscall_limits.end()) return own->second;
  if (call.empty() || made_to_wait(call)) return std::nullopt;
  return thresholds.slow_syscall_default;
}

SuspectLimits suspect_limits(const Thresholds& thresholds, Duration scan_interval) {
  // Whoever comes to a threshold has been a suspect in a scan before, also one that was late: by more than
  // half an interval its lateness does not count (observation/history.h).
  const auto earlier = [&](Duration threshold) {
    return std::max(threshold - scan_interval - scan_interval / 2, Duration{1});
  };
  SuspectLimits limits;
  limits.wait = earlier(thresholds.uninterruptible_wait);
  // Of a lock whose owner seems gone the memory is read once more: observation/scrutiny.h.
  limits.futex = std::max(thresholds.lock_wait - 2 * scan_interval, Duration{1});
  limits.loop = earlier(thresholds.kernel_loop);
  limits.runnable = earlier(thresholds.starved);
  // What its waits return is looked at for some scans before anything is said of it.
  limits.spin = std::max(thresholds.event_loop_spin - 3 * scan_interval, Duration{1});
  limits.stopped = earlier(thresholds.stopped);
  limits.spin_interval = scan_interval / 2;
  const auto numbers = std::min(syscall_count(), syscall_table_size - 2);
  for (std::size_t number = 0; number < numbers; ++number) {
    if (const auto limit = limit_of(syscall_name(static_cast<int>(number)), thresholds))
      limits.calls[number] = earlier(*limit);
  }
  return limits;
}

}  // namespace wedged
