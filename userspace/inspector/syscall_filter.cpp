// SPDX-License-Identifier: Apache-2.0
#include "inspector/syscall_filter.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "util/sanitizers.h"

namespace wedged {
namespace {

struct Release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, Release>;

constexpr std::uint32_t allow = SCMP_ACT_ALLOW;

// What reading, libelf's mapping of files, the allocator and an orderly end take.
constexpr int harmless[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(readlinkat),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrandom),
    SCMP_SYS(sched_yield),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(process_vm_readv),
};

// What creates or changes a file, by the flags of open.
constexpr std::uint64_t write_flags =
    O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND |
    (static_cast<unsigned>(O_TMPFILE) & ~static_cast<unsigned>(O_DIRECTORY));

// They look whether memory is there by writing it into a pipe, and where the stack ends.
int add_rules_for_sanitizers([[maybe_unused]] scmp_filter_ctx filter, [[maybe_unused]] int socket) {
#if defined(WEDGED_ADDRESS_SANITIZER) || defined(WEDGED_THREAD_SANITIZER)
  for (const int call : {SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(sigaltstack), SCMP_SYS(prlimit64),
                         SCMP_SYS(sched_getaffinity)})
    ::seccomp_rule_add(filter, allow, call, 0);
  const scmp_arg_cmp to_pipes{0, SCMP_CMP_GT, static_cast<std::uint64_t>(socket), 0};
  return ::seccomp_rule_add_array(filter, allow, SCMP_SYS(write), 1, &to_pipes);
#else
  return 0;
#endif
}

int add_rules(scmp_filter_ctx filter, int socket) {
  for (const int call : harmless)
    if (const int failed = ::seccomp_rule_add(filter, allow, call, 0); failed != 0) return failed;
  const auto rule = [filter](int call, const scmp_arg_cmp& condition) {
    return ::seccomp_rule_add_array(filter, allow, call, 1, &condition);
  };
  const scmp_arg_cmp conditions_of_write[] = {{0, SCMP_CMP_EQ, static_cast<std::uint64_t>(socket), 0},
                                              {0, SCMP_CMP_EQ, STDERR_FILENO, 0}};
  for (const scmp_arg_cmp& condition : conditions_of_write)
    for (const int call : {SCMP_SYS(write), SCMP_SYS(writev)})
      if (const int failed = rule(call, condition); failed != 0) return failed;
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)})  // no new code
    if (const int failed = rule(call, {2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}); failed != 0) return failed;
  for (const int command : {F_GETFD, F_GETFL})
    if (const int failed = rule(SCMP_SYS(fcntl), {1, SCMP_CMP_EQ, static_cast<std::uint64_t>(command), 0});
        failed != 0)
      return failed;
  return rule(SCMP_SYS(openat), {2, SCMP_CMP_MASKED_EQ, write_flags, 0});
}

}  // namespace

Status filter_system_calls(int socket) {
  const Filter filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return Error{ErrorKind::unsupported, "seccomp: no filter could be made"};
  int failed = add_rules(filter.get(), socket);
  if (failed == 0) failed = add_rules_for_sanitizers(filter.get(), socket);
  if (failed != 0) return system_error(-failed, "seccomp: rules");
  failed = ::seccomp_load(filter.get());
  if (failed != 0) return system_error(-failed, "seccomp: load");
  return Nothing{};
}

}  // namespace wedged
