// SPDX-License-Identifier: Apache-2.0
#include "kernel/census_taker.h"

#include <algorithm>

#include "abi.h"

namespace wedged {

Result<Census> CensusTaker::take(Probes& probes, Instant now) {
  Decoder decoder(facts_);
  if (auto read = probes.census([&](std::span<const std::byte> bytes) { decoder.feed(bytes); }); !read)
    return read.error().in("census");
  auto records = decoder.take();
  if (records.malformed > 0) return Error{ErrorKind::malformed, "census: a record makes no sense"};
  ++number_;
  learn(records.cgroup_paths);
  Census census{now, std::move(records.census), {}};
  std::sort(census.threads.begin(), census.threads.end(),
            [](const CensusThread& a, const CensusThread& b) { return a.id < b.id; });
  for (const auto& thread : census.threads) {
    const auto found = cgroups_.find(thread.cgroup);
    if (found == cgroups_.end()) continue;
    found->second.used = number_;
    census.cgroups.emplace(thread.cgroup, found->second.path);
  }
  forget_unused();
  return census;
}

void CensusTaker::learn(const std::vector<CgroupPath>& told) {
  for (const auto& [id, path] : told) cgroups_[id] = {path, number_};
}

// Whoever comes into one that was forgotten makes the kernel's side tell it again: it told it longer ago than
// we last used it.
void CensusTaker::forget_unused() {
  std::erase_if(cgroups_, [&](const auto& entry) {
    return number_ - entry.second.used >= std::uint64_t{WEDGED_CGROUP_AGAIN};
  });
}

}  // namespace wedged
