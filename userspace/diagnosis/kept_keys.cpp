// SPDX-License-Identifier: Apache-2.0
#include "diagnosis/kept_keys.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace wedged {
namespace {

bool by_key(const Finding& a, const Finding& b) {
  return a.key < b.key;
}

bool has(const std::vector<Finding>& findings, const Finding& finding) {
  return std::binary_search(findings.begin(), findings.end(), finding, by_key);
}

using Member = std::pair<Cause, TaskId>;

// Of the findings that are gone, by their threads.
std::map<Member, const Finding*> members_of_the_gone(const std::vector<Finding>& before,
                                                     const std::vector<Finding>& now) {
  std::map<Member, const Finding*> members;
  for (const Finding& finding : before) {
    if (has(now, finding)) continue;
    for (const auto& thread : finding.threads)
      members.emplace(Member(finding.key.cause, thread.task.id), &finding);
  }
  return members;
}

}  // namespace

void keep_keys(const std::vector<Finding>& before, std::vector<Finding>& now) {
  const auto members = members_of_the_gone(before, now);
  if (members.empty()) return;
  std::set<FindingKey> kept;  // the first that has a thread of it goes on as it
  std::vector<std::pair<Finding*, FindingKey>> heirs;
  for (Finding& finding : now) {
    if (has(before, finding)) continue;
    for (const auto& thread : finding.threads) {
      const auto gone = members.find({finding.key.cause, thread.task.id});
      if (gone == members.end() || gone->second->task.process != finding.task.process) continue;
      if (!kept.insert(gone->second->key).second) continue;
      heirs.emplace_back(&finding, gone->second->key);
      break;
    }
  }
  for (const auto& [heir, key] : heirs) heir->key = key;
  std::sort(now.begin(), now.end(), by_key);
}

}  // namespace wedged
