// SPDX-License-Identifier: Apache-2.0
// Follows the kernel's log, /dev/kmsg, for reports of oopses. Never blocks: a read takes no lock of printk's,
// and when there is nothing more it says so. Not thread-safe; the scan loop owns it.
#pragma once

#include <string>
#include <vector>

#include "kernel/oops_reader.h"
#include "util/fd.h"
#include "util/result.h"

namespace wedged {

class KernelLog {
 public:
  // Kind `unsupported` if there is no such log here (a container, a kernel without printk), `denied` without
  // the right to read it (CAP_SYSLOG where kernel.dmesg_restrict is set, and the device itself).
  [[nodiscard]] static Result<KernelLog> open(const std::string& path = "/dev/kmsg");
  // Records from this descriptor, one a read; it does not block.
  explicit KernelLog(Fd records) : records_(std::move(records)) {}

  // The reports that were finished since the last call; those from before the first that the log still has,
  // too. `clock_difference` is CLOCK_MONOTONIC less printk's clock now; zero if it is not known.
  [[nodiscard]] std::vector<OopsReport> read(Duration clock_difference);

  // Records that were overwritten before they could be read.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

 private:
  bool read_one(Instant now, Duration clock_difference);
  void take(const KmsgRecord& record, Instant now, Duration clock_difference);

  // Twice the longest that kernels hand out: CONSOLE_EXT_LOG_MAX, include/linux/printk.h.
  static constexpr std::size_t longest_record = 16384;

  Fd records_;
  std::vector<char> buffer_ = std::vector<char>(longest_record);
  OopsReader reader_;
  std::optional<std::uint64_t> next_;  // sequence number expected; absent before the first record
  std::optional<Instant> emptied_;     // when all that there was had been read
  std::uint64_t lost_ = 0;
};

// When a record was written, by CLOCK_MONOTONIC. Both clocks begin at boot and drift apart evenly since, so
// an old record was written at a smaller difference. One that is new since `emptied` was not written before.
[[nodiscard]] Instant time_of_record(Duration stamp, Duration clock_difference, Instant now,
                                     const std::optional<Instant>& emptied);

}  // namespace wedged
