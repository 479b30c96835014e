// SPDX-License-Identifier: Apache-2.0
#include "kernel/kernel_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace wedged {
namespace {

// A read takes a microsecond or two. So many are all there is on most hosts; on others the rest comes with
// the next scan.
constexpr unsigned records_per_read = 8192;

Instant now_monotonic() {
  return Instant{std::chrono::steady_clock::now()};
}

// Containers often have something else in its place: a terminal, /dev/null.
bool is_kernel_log(int fd) {
  constexpr unsigned mem_major = 1, kmsg_minor = 11;  // Documentation/admin-guide/devices.txt
  struct stat status {};
  return fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) &&
         status.st_rdev == makedev(mem_major, kmsg_minor);
}

}  // namespace

Instant time_of_record(Duration stamp, Duration clock_difference, Instant now,
                       const std::optional<Instant>& emptied) {
  const Duration age = std::max(now.time_since_epoch() - clock_difference - stamp, Duration::zero());
  const double total = seconds_of(now.time_since_epoch());
  const double share = total > 0 ? 1 - std::min(seconds_of(age) / total, 1.0) : 1;
  const auto difference = std::chrono::duration<double, std::nano>(clock_difference) * share;
  const Instant at = std::min(Instant{stamp + std::chrono::duration_cast<Duration>(difference)}, now);
  return emptied ? std::max(at, *emptied) : at;
}

Result<KernelLog> KernelLog::open(const std::string& path) {
  Fd records{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  if (!records.valid()) {
    const bool denied = errno == EPERM || errno == EACCES;
    auto error = system_error(errno, path);
    return Error{denied ? ErrorKind::denied : ErrorKind::unsupported, error.message};
  }
  if (!is_kernel_log(records.get()))
    return Error{ErrorKind::unsupported, path + ": is not the kernel's log here"};
  return KernelLog(std::move(records));
}

std::vector<OopsReport> KernelLog::read(Duration clock_difference) {
  const Instant now = now_monotonic();
  for (unsigned count = 0; count < records_per_read; ++count) {
    if (read_one(now, clock_difference)) continue;
    emptied_ = now;
    break;
  }
  return reader_.take();
}

// False when there is nothing more now. EPIPE says that the next records were overwritten; their number shows
// in those that follow.
bool KernelLog::read_one(Instant now, Duration clock_difference) {
  const auto count = ::read(records_.get(), buffer_.data(), buffer_.size());
  if (count < 0) return errno == EPIPE || errno == EINTR;
  if (count == 0) return false;
  if (const auto record = kmsg_record_of({buffer_.data(), static_cast<std::size_t>(count)}))
    take(*record, now, clock_difference);
  return true;
}

void KernelLog::take(const KmsgRecord& record, Instant now, Duration clock_difference) {
  if (next_ && record.sequence > *next_) {
    lost_ += record.sequence - *next_;
    reader_.skip();
  }
  next_ = record.sequence + 1;
  reader_.feed(record, time_of_record(record.stamp, clock_difference, now, emptied_));
}

}  // namespace wedged
