// SPDX-License-Identifier: Apache-2.0
// WatchedScope: whom a monitor looks at, where it is not the whole host, and whether anybody can be there.
// Pure.
#pragma once

#include <string>
#include <vector>

namespace wedged {

// Who is in both. Both empty: the whole host.
struct WatchedScope {
  std::vector<int> pids;  // of processes, sorted; empty: any
  std::string cgroup;     // "/a/b", and those below it; empty: any
  std::string missing;    // why nobody can be in it now: "cgroup /a/b does not exist"; empty: somebody can

  [[nodiscard]] bool whole_host() const { return pids.empty() && cgroup.empty(); }
  // Whoever is in one is in the other, too.
  [[nodiscard]] bool same_as(const WatchedScope& other) const {
    return pids == other.pids && cgroup == other.cgroup;
  }

  bool operator==(const WatchedScope&) const = default;
};

// "this host", "cgroup /a/b", "process 5", "processes 5, 6 in cgroup /a/b".
[[nodiscard]] std::string name_of(const WatchedScope& scope);
// "on this host", "in cgroup /a/b".
[[nodiscard]] std::string place_of(const WatchedScope& scope);
// "nobody is looked at: cgroup /a/b does not exist"; empty if somebody can be in it.
[[nodiscard]] std::string why_blind(const WatchedScope& scope);
// "process 5", "processes 5, 6".
[[nodiscard]] std::string processes_text(const std::vector<int>& pids);

}  // namespace wedged
