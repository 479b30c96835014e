// SPDX-License-Identifier: Apache-2.0
// What a system call does for its thread's work: the one table by which a loop that works is told from one
// that spins. Calls that are not named change something and are productive if they succeed: a call too many
// among the productive hides a spin, one too few would blame an honest server. How the result decides is in
// bpf/call_effect.bpf.h. Sources: the man pages of the calls.
#pragma once

#include <string_view>

#include "abi.h"

namespace wedged {

struct CallEffect {
  std::string_view call;
  wedged_effect effect;
};

inline constexpr CallEffect call_effects[] = {
    // Wait for descriptors to be ready. Ready is what they return, not what they do.
    {"epoll_wait", WEDGED_EFFECT_WAITS},
    {"epoll_pwait", WEDGED_EFFECT_WAITS},
    {"epoll_pwait2", WEDGED_EFFECT_WAITS},
    {"poll", WEDGED_EFFECT_WAITS},
    {"ppoll", WEDGED_EFFECT_WAITS},
    {"select", WEDGED_EFFECT_WAITS},
    {"pselect6", WEDGED_EFFECT_WAITS},

    // Move data: productive if there was any; none is the end of a file, or a failure.
    {"read", WEDGED_EFFECT_MOVES},
    {"readv", WEDGED_EFFECT_MOVES},
    {"pread64", WEDGED_EFFECT_MOVES},
    {"preadv", WEDGED_EFFECT_MOVES},
    {"preadv2", WEDGED_EFFECT_MOVES},
    {"write", WEDGED_EFFECT_MOVES},
    {"writev", WEDGED_EFFECT_MOVES},
    {"pwrite64", WEDGED_EFFECT_MOVES},
    {"pwritev", WEDGED_EFFECT_MOVES},
    {"pwritev2", WEDGED_EFFECT_MOVES},
    {"recvfrom", WEDGED_EFFECT_MOVES},
    {"recvmsg", WEDGED_EFFECT_MOVES},
    {"recvmmsg", WEDGED_EFFECT_MOVES},
    {"sendto", WEDGED_EFFECT_MOVES},
    {"sendmsg", WEDGED_EFFECT_MOVES},
    {"sendmmsg", WEDGED_EFFECT_MOVES},
    {"sendfile", WEDGED_EFFECT_MOVES},
    {"splice", WEDGED_EFFECT_MOVES},
    {"tee", WEDGED_EFFECT_MOVES},
    {"vmsplice", WEDGED_EFFECT_MOVES},
    {"copy_file_range", WEDGED_EFFECT_MOVES},

    // Productive with each connection; failing over and over it is a spin of its own (EMFILE).
    {"accept", WEDGED_EFFECT_ACCEPTS},
    {"accept4", WEDGED_EFFECT_ACCEPTS},

    // To wake others hands work over; to wait for them is no work.
    {"futex", WEDGED_EFFECT_FUTEX},
    {"futex_wait", WEDGED_EFFECT_NONE},
    {"futex_waitv", WEDGED_EFFECT_NONE},

    // Drives devices that way, but asks how much there is to read as well (FIONREAD), as libraries do each
    // time.
    {"ioctl", WEDGED_EFFECT_IOCTL},

    // Wait for time or signals, or let others run.
    {"nanosleep", WEDGED_EFFECT_NONE},
    {"clock_nanosleep", WEDGED_EFFECT_NONE},
    {"pause", WEDGED_EFFECT_NONE},
    {"sched_yield", WEDGED_EFFECT_NONE},
    {"rt_sigsuspend", WEDGED_EFFECT_NONE},
    {"rt_sigreturn", WEDGED_EFFECT_NONE},
    {"restart_syscall", WEDGED_EFFECT_NONE},

    // Set the loop's own alarm clock: some libraries do before every wait.
    {"timerfd_settime", WEDGED_EFFECT_NONE},
    {"timer_settime", WEDGED_EFFECT_NONE},
    {"setitimer", WEDGED_EFFECT_NONE},
    {"alarm", WEDGED_EFFECT_NONE},

    // Ask, and change nothing.
    {"time", WEDGED_EFFECT_NONE},
    {"gettimeofday", WEDGED_EFFECT_NONE},
    {"clock_gettime", WEDGED_EFFECT_NONE},
    {"clock_getres", WEDGED_EFFECT_NONE},
    {"timerfd_gettime", WEDGED_EFFECT_NONE},
    {"timer_gettime", WEDGED_EFFECT_NONE},
    {"getitimer", WEDGED_EFFECT_NONE},
    {"times", WEDGED_EFFECT_NONE},
    {"getrusage", WEDGED_EFFECT_NONE},
    {"getcpu", WEDGED_EFFECT_NONE},
    {"getrandom", WEDGED_EFFECT_NONE},
    {"getpid", WEDGED_EFFECT_NONE},
    {"gettid", WEDGED_EFFECT_NONE},
    {"getppid", WEDGED_EFFECT_NONE},
    {"getuid", WEDGED_EFFECT_NONE},
    {"geteuid", WEDGED_EFFECT_NONE},
    {"getgid", WEDGED_EFFECT_NONE},
    {"getegid", WEDGED_EFFECT_NONE},
    {"getcwd", WEDGED_EFFECT_NONE},
    {"uname", WEDGED_EFFECT_NONE},
    {"sysinfo", WEDGED_EFFECT_NONE},
    {"getrlimit", WEDGED_EFFECT_NONE},
    {"prlimit64", WEDGED_EFFECT_NONE},
    {"sched_getaffinity", WEDGED_EFFECT_NONE},
    {"sched_getparam", WEDGED_EFFECT_NONE},
    {"sched_getscheduler", WEDGED_EFFECT_NONE},
    {"getsockname", WEDGED_EFFECT_NONE},
    {"getpeername", WEDGED_EFFECT_NONE},
    {"getsockopt", WEDGED_EFFECT_NONE},
    {"stat", WEDGED_EFFECT_NONE},
    {"lstat", WEDGED_EFFECT_NONE},
    {"fstat", WEDGED_EFFECT_NONE},
    {"newfstatat", WEDGED_EFFECT_NONE},
    {"statx", WEDGED_EFFECT_NONE},
    {"statfs", WEDGED_EFFECT_NONE},
    {"fstatfs", WEDGED_EFFECT_NONE},
    {"access", WEDGED_EFFECT_NONE},
    {"faccessat", WEDGED_EFFECT_NONE},
    {"faccessat2", WEDGED_EFFECT_NONE},
    {"readlink", WEDGED_EFFECT_NONE},
    {"readlinkat", WEDGED_EFFECT_NONE},

    // Arrange the thread's or the process's own affairs: its memory, its signals, its place in a file.
    {"brk", WEDGED_EFFECT_NONE},
    {"mmap", WEDGED_EFFECT_NONE},
    {"munmap", WEDGED_EFFECT_NONE},
    {"mremap", WEDGED_EFFECT_NONE},
    {"mprotect", WEDGED_EFFECT_NONE},
    {"madvise", WEDGED_EFFECT_NONE},
    {"mincore", WEDGED_EFFECT_NONE},
    {"rt_sigprocmask", WEDGED_EFFECT_NONE},
    {"rt_sigaction", WEDGED_EFFECT_NONE},
    {"rt_sigpending", WEDGED_EFFECT_NONE},
    {"sigaltstack", WEDGED_EFFECT_NONE},
    {"prctl", WEDGED_EFFECT_NONE},
    {"rseq", WEDGED_EFFECT_NONE},
    {"membarrier", WEDGED_EFFECT_NONE},
    {"fcntl", WEDGED_EFFECT_NONE},
    {"lseek", WEDGED_EFFECT_NONE},
};

}  // namespace wedged
