// SPDX-License-Identifier: Apache-2.0
#include "recording/whose.h"

#include <cstdlib>
#include <map>

namespace wedged {
namespace {

using Processes = std::map<int, std::string>;  // names by id

Processes processes_of(const Recording& recording) {
  Processes processes;
  for (const auto& snapshot : recording.snapshots) {
    for (const auto& task : snapshot.suspects) processes.emplace(task.id.tgid, task.process_comm);
  }
  return processes;
}

Processes named(const Processes& all, const std::string& name) {
  constexpr std::size_t comm_length = 15;  // TASK_COMM_LEN less its NUL
  Processes same;
  for (const auto& process : all) {
    if (process.second == name.substr(0, comm_length)) same.insert(process);
  }
  return same;
}

std::string listed(const Processes& processes) {
  constexpr std::size_t most = 20;
  std::string text;
  std::size_t count = 0;
  for (const auto& [tgid, name] : processes) {
    if (count++ == most) return text + " and " + std::to_string(processes.size() - most) + " more";
    text += (text.empty() ? "" : ", ") + std::to_string(tgid) + " (" + name + ")";
  }
  return text;
}

Error does_not_have(const std::string& what, const Processes& all) {
  return {ErrorKind::gone,
          "does not have " + what + (all.empty() ? ", nor any other" : "; it has " + listed(all))};
}

}  // namespace

Result<int> whose(const Recording& recording, const std::optional<std::string>& target) {
  const auto all = processes_of(recording);
  if (!target) {
    if (recording.process) return *recording.process;
    return Error{ErrorKind::malformed,
                 "is about the whole host; say which process to explain: " + listed(all)};
  }
  if (target->find_first_not_of("0123456789") == std::string::npos) {
    const int tgid = std::atoi(target->c_str());
    if (all.count(tgid) == 0) return does_not_have("process " + *target, all);
    return tgid;
  }
  const auto same = named(all, *target);
  if (same.empty()) return does_not_have("a process named '" + *target + "'", all);
  if (same.size() == 1) return same.begin()->first;
  return Error{ErrorKind::malformed, "has " + std::to_string(same.size()) + " processes named '" + *target +
                                         "'; give one of their ids: " + listed(same)};
}

}  // namespace wedged
