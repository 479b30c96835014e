// SPDX-License-Identifier: Apache-2.0
#include "observation/watch_list.h"

#include <algorithm>
#include <utility>

namespace wedged {

void WatchList::want(const ProcessId& process, std::size_t threads, Instant since) {
  const auto [at, added] = wanted_.try_emplace(process, Wanted{since, threads});
  if (added) return;
  at->second.since = std::min(at->second.since, since);
  at->second.threads = std::max(at->second.threads, threads);
}

std::vector<ProcessId> WatchList::chosen() const {
  std::vector<std::pair<Instant, ProcessId>> by_age;
  for (const auto& [process, wanted] : wanted_) by_age.emplace_back(wanted.since, process);
  std::sort(by_age.begin(), by_age.end());
  std::vector<ProcessId> chosen;
  std::size_t threads = 0;
  for (const auto& [since, process] : by_age) {
    threads += wanted_.at(process).threads;
    if (!chosen.empty() && (chosen.size() >= most_processes || threads > most_threads)) break;
    chosen.push_back(process);
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace wedged
