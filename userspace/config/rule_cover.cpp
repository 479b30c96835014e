// SPDX-License-Identifier: Apache-2.0
#include "config/rule_cover.h"

#include <algorithm>

#include "config/glob_cover.h"

namespace wedged {
namespace {

template <typename Value>
bool covers_values(const std::set<Value>& wide, const std::set<Value>& narrow) {
  if (wide.empty()) return true;
  return !narrow.empty() && std::includes(wide.begin(), wide.end(), narrow.begin(), narrow.end());
}

std::set<std::uint32_t> uids_of(const Match& match) {
  std::set<std::uint32_t> uids;
  for (const UserMatch& user : match.users) uids.insert(user.uid);
  return uids;
}

}  // namespace

bool covers(const Match& wide, const Match& narrow) {
  return wide.role == narrow.role && wide.at_least <= narrow.at_least && wide.lasting <= narrow.lasting &&
         covers_values(wide.causes, narrow.causes) && covers_values(wide.syscalls, narrow.syscalls) &&
         covers_values(uids_of(wide), uids_of(narrow)) && list_covers(wide.comm, narrow.comm) &&
         list_covers(wide.exe, narrow.exe) && list_covers(wide.unit, narrow.unit) &&
         list_covers(wide.cgroup, narrow.cgroup) && list_covers(wide.container, narrow.container) &&
         list_covers(wide.pod, narrow.pod) && list_covers(wide.device, narrow.device) &&
         list_covers(wide.mount, narrow.mount);
}

}  // namespace wedged
