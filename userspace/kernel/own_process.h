// SPDX-License-Identifier: Apache-2.0
// Reads what the monitor itself uses, once a scan: a few small files below /proc/self, which wait for nobody.
// Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "observation/own_process.h"

namespace wedged {

class OwnProcessReader {
 public:
  explicit OwnProcessReader(std::string proc_root = "/proc") : proc_root_(std::move(proc_root)) {}

  // Absent if /proc does not tell.
  [[nodiscard]] std::optional<OwnProcess> read();

 private:
  std::string proc_root_;
  std::optional<WallTime> started_;  // computed once: a clock that is set must not look like a restart
};

}  // namespace wedged
