// SPDX-License-Identifier: Apache-2.0
#include "action/pidfd.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace wedged {

Result<Fd> open_process(int tgid) {
  // glibc 2.36 has wrappers, but they would be the only reason to need it. Since Linux 5.3; close-on-exec
  // always.
  const long fd = ::syscall(SYS_pidfd_open, tgid, 0);
  if (fd >= 0) return Fd{static_cast<int>(fd)};
  const int error_number = errno;
  const std::string what = "pidfd_open of process " + std::to_string(tgid);
  // EINVAL (ENOENT on newer kernels): the id is a thread's that leads no process, so the process that had it
  // has ended.
  const bool no_leader = tgid > 0 && (error_number == EINVAL || error_number == ENOENT);
  if (no_leader) return Error{ErrorKind::gone, what + ": no process has this id now"};
  return system_error(error_number, what);
}

Status send_signal(const Fd& process, int signal_number) {
  if (::syscall(SYS_pidfd_send_signal, process.get(), signal_number, nullptr, 0) == 0) return Nothing{};
  return system_error(errno, "pidfd_send_signal");
}

bool has_ended(const Fd& process) {
  pollfd waiting{process.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

}  // namespace wedged
