// SPDX-License-Identifier: Apache-2.0
#include "kernel/scope_keeper.h"

#include <algorithm>
#include <utility>

#include "kernel/members.h"

namespace wedged {

ScopeKeeper::ScopeKeeper(const ProbeScope& scope, std::string proc_root) : proc_root_(std::move(proc_root)) {
  scope_.pids = scope.tgids;
  std::sort(scope_.pids.begin(), scope_.pids.end());
  for (const int pid : scope_.pids) {
    const auto start = start_ticks_of(pid, proc_root_);
    processes_.push_back({pid, start ? *start : 0});
  }
  if (!scope.cgroup || scope.cgroup->path.empty()) return;  // whoever there is, is in the root
  cgroup_ = scope.cgroup;
  scope_.cgroup = cgroup_->path;
}

ScopeKeeper::News ScopeKeeper::look() {
  News news;
  scope_.missing.clear();
  if (cgroup_ && !find_cgroup_again(news)) scope_.missing = "cgroup " + scope_.cgroup + " does not exist";
  if (!scope_.pids.empty() && !find_a_process(news))
    scope_.missing = processes_text(scope_.pids) + (scope_.pids.size() == 1 ? " has ended" : " have ended");
  return news;
}

// While there is none the old id stays: nobody can be in a cgroup that was removed.
bool ScopeKeeper::find_cgroup_again(News& news) {
  const auto id = cgroup_id_of(cgroup_->folder);
  if (!id) return false;
  if (*id != cgroup_->id) news.cgroup_id = cgroup_->id = *id;
  return true;
}

bool ScopeKeeper::find_a_process(News& news) {
  bool found = false;
  std::vector<Process> kept;
  for (const Process& process : processes_) {
    const auto start = start_ticks_of(process.tgid, proc_root_);
    if (start && *start != process.start_ticks) {
      news.replaced.push_back(process.tgid);
      continue;
    }
    found = found || start.ok();
    kept.push_back(process);
  }
  processes_ = std::move(kept);
  return found;
}

}  // namespace wedged
