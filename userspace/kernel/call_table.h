// SPDX-License-Identifier: Apache-2.0
// CallTable: the statistics of finished calls that the kernel side keeps for each CPU, mapped read-only: to
// read them is no system call. They are added to meanwhile: a sum may be one call ahead of another.
#pragma once

#include <cstddef>

#include "observation/syscall_stats.h"
#include "util/result.h"

struct wedged_call_stats;

namespace wedged {

class CallTable {
 public:
  // `map` is the descriptor of the array, which stays the caller's.
  [[nodiscard]] static Result<CallTable> map(int map, unsigned cpus);
  CallTable() = default;
  CallTable(const CallTable&) = delete;
  CallTable& operator=(const CallTable&) = delete;
  CallTable(CallTable&& other) noexcept;
  CallTable& operator=(CallTable&& other) noexcept;
  ~CallTable();

  // Over all CPUs; calls that were never made are left out.
  [[nodiscard]] SyscallTable read() const;

 private:
  CallTable(const wedged_call_stats* stats, std::size_t bytes) : stats_(stats), bytes_(bytes) {}

  const wedged_call_stats* stats_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace wedged
