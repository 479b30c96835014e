// SPDX-License-Identifier: Apache-2.0
#include "observation/watched_scope.h"

namespace wedged {

std::string processes_text(const std::vector<int>& pids) {
  std::string text = pids.size() == 1 ? "process" : "processes";
  for (std::size_t at = 0; at < pids.size(); ++at) text += (at == 0 ? " " : ", ") + std::to_string(pids[at]);
  return text;
}

std::string name_of(const WatchedScope& scope) {
  if (scope.whole_host()) return "this host";
  std::string cgroup = "cgroup " + scope.cgroup;
  if (scope.pids.empty()) return cgroup;
  return processes_text(scope.pids) + (scope.cgroup.empty() ? "" : " in " + cgroup);
}

std::string place_of(const WatchedScope& scope) {
  return (scope.whole_host() ? "on " : "in ") + name_of(scope);
}

std::string why_blind(const WatchedScope& scope) {
  return scope.missing.empty() ? std::string() : "nobody is looked at: " + scope.missing;
}

}  // namespace wedged
