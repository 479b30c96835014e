// SPDX-License-Identifier: Apache-2.0
#include "inspector/sandbox.h"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "inspector/syscall_filter.h"
#include "util/sanitizers.h"

namespace wedged {
namespace {

Status set_process_flags() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_error(errno, "no_new_privs");
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return system_error(errno, "not dumpable");
  const pid_t parent = ::getppid();
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return system_error(errno, "parent death signal");
  // If the parent had died by then its end of the socket is closed, which ends this process as well.
  if (::getppid() != parent) return Error{ErrorKind::gone, "the parent has died"};
  return Nothing{};
}

Status limit(__rlimit_resource resource, rlim_t most, const char* what) {
  rlimit limits{};
  if (::getrlimit(resource, &limits) != 0) return system_error(errno, what);
  limits.rlim_max = std::min(limits.rlim_max, most);
  limits.rlim_cur = std::min(limits.rlim_cur, limits.rlim_max);
  if (::setrlimit(resource, &limits) != 0) return system_error(errno, what);
  return Nothing{};
}

Status limit_resources() {
  if (auto done = limit(RLIMIT_CORE, 0, "core size"); !done) return done;
  if (auto done = limit(RLIMIT_NOFILE, 1024, "open files"); !done) return done;
#if !defined(WEDGED_ADDRESS_SANITIZER) && !defined(WEDGED_THREAD_SANITIZER)  // these map terabytes
  constexpr rlim_t address_space = 2UL << 30;
  if (auto done = limit(RLIMIT_AS, address_space, "address space"); !done) return done;
#endif
  return Nothing{};
}

struct FreeCapabilities {
  void operator()(void* set) const { ::cap_free(set); }
};

// Memory and maps of others; files of others; the links in map_files (Linux 5.9).
constexpr std::array<cap_value_t, 3> needed = {CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH, CAP_CHECKPOINT_RESTORE};

Status reduce_capabilities() {
  using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCapabilities>;
  const Capabilities present(::cap_get_proc());
  const Capabilities kept(::cap_init());
  if (!present || !kept) return system_error(errno, "capabilities");
  for (const cap_value_t capability : needed) {
    cap_flag_value_t permitted = CAP_CLEAR;
    if (::cap_get_flag(present.get(), capability, CAP_PERMITTED, &permitted) != 0 || permitted != CAP_SET)
      continue;
    ::cap_set_flag(kept.get(), CAP_PERMITTED, 1, &capability, CAP_SET);
    ::cap_set_flag(kept.get(), CAP_EFFECTIVE, 1, &capability, CAP_SET);
  }
  // Those that could come back at an exec; not without CAP_SETPCAP, and then none can.
  for (cap_value_t capability = 0; capability <= CAP_LAST_CAP; ++capability) ::cap_drop_bound(capability);
  ::cap_reset_ambient();
  if (::cap_set_proc(kept.get()) != 0) return system_error(errno, "reduce capabilities");
  return Nothing{};
}

}  // namespace

Status enter_sandbox(int socket) {
  // What the parent had open by mistake, or in another thread at that moment. Linux 5.9.
  ::syscall(SYS_close_range, static_cast<unsigned>(socket) + 1, ~0U, 0);
  if (auto done = set_process_flags(); !done) return done;
  if (auto done = reduce_capabilities(); !done) return done;
  if (auto done = limit_resources(); !done) return done;
  return filter_system_calls(socket);
}

}  // namespace wedged
