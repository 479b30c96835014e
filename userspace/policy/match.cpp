// SPDX-License-Identifier: Apache-2.0
#include "policy/match.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

namespace wedged {
namespace {

Fit fit_if(bool fits) {
  return fits ? Fit::yes : Fit::no;
}

Fit fit_of_text(const std::vector<std::string>& globs, const std::string& text, bool known) {
  if (globs.empty()) return Fit::yes;
  if (!known) return Fit::unknown;
  return fit_if(!text.empty() && matching_glob(globs, text));  // what it has not got, not even `*` matches
}

// A kernel thread has no executable, and says so by having none.
Fit fit_of_exe(const Match& match, const Task& task) {
  const std::string exe = exe_of(task);
  return fit_of_text(match.exe, exe, task.kernel_thread || !exe.empty());
}

// Without a unit the cgroup tells whether there is none or whether nobody knows.
Fit fit_of_unit(const Match& match, const Finding& finding) {
  const bool cgroup_known = finding.task.details && !finding.task.details->cgroup.empty();
  return fit_of_text(match.unit, finding.unit, !finding.unit.empty() || cgroup_known);
}

}  // namespace

Fit fit_of(const Match& match, const Finding& finding) {
  const std::string name = process_name_of(finding.task);
  const auto fits = {fit_if(match.causes.empty() || match.causes.contains(finding.key.cause)),
                     fit_if(finding.certainty >= match.at_least),
                     fit_if(finding.lasted >= match.lasting),
                     fit_of_text(match.comm, name, !name.empty()),
                     fit_of_exe(match, finding.task),
                     fit_of_unit(match, finding)};
  const auto any = [&](Fit fit) { return std::find(fits.begin(), fits.end(), fit) != fits.end(); };
  if (any(Fit::no)) return Fit::no;
  return any(Fit::unknown) ? Fit::unknown : Fit::yes;
}

bool glob_matches(const std::string& glob, const std::string& text) {
  return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

const std::string* matching_glob(const std::vector<std::string>& globs, const std::string& text) {
  const auto found =
      std::find_if(globs.begin(), globs.end(), [&](const auto& glob) { return glob_matches(glob, text); });
  return found == globs.end() ? nullptr : &*found;
}

std::string exe_of(const Task& task) {
  constexpr std::string_view deleted = " (deleted)";
  if (!task.details) return {};
  const std::string_view exe = task.details->exe;
  return std::string{exe.ends_with(deleted) ? exe.substr(0, exe.size() - deleted.size()) : exe};
}

std::string process_name_of(const Task& task) {
  if (task.process_comm.empty() && task.id.tid == task.id.tgid) return task.comm;
  return task.process_comm;
}

}  // namespace wedged
