// SPDX-License-Identifier: Apache-2.0
// ScopeKeeper: finds again before each scan what a scope names. A cgroup that was removed and made again, as
// a restart of its unit does, has another id; the id of a process that has ended is given to somebody else.
// Reads /proc/PID/stat and asks for the cgroup's folder, neither of which waits for a suspect.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernel/procfs.h"
#include "observation/watched_scope.h"

namespace wedged {

// Only tasks in both; unset filters cost nothing.
struct ProbeScope {
  std::vector<int> tgids;
  std::optional<CgroupPlace> cgroup;
};

class ScopeKeeper {
 public:
  struct News {
    std::optional<std::uint64_t> cgroup_id;  // another one from now on
    std::vector<int> replaced;               // ids that belong to other processes now: not in it any more
  };

  ScopeKeeper() = default;  // the whole host
  // The processes that have these ids now are meant.
  explicit ScopeKeeper(const ProbeScope& scope, std::string proc_root = "/proc");

  [[nodiscard]] News look();
  [[nodiscard]] const WatchedScope& scope() const { return scope_; }

 private:
  struct Process {
    int tgid = 0;
    std::uint64_t start_ticks = 0;
  };

  [[nodiscard]] bool find_cgroup_again(News& news);
  [[nodiscard]] bool find_a_process(News& news);

  WatchedScope scope_;
  std::optional<CgroupPlace> cgroup_;
  std::vector<Process> processes_;  // whose ids are still theirs, or nobody's
  std::string proc_root_;
};

}  // namespace wedged
