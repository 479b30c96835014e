// SPDX-License-Identifier: Apache-2.0
#include "policy/match.h"

#include <fnmatch.h>

#include <algorithm>
#include <string_view>

#include "diagnosis/container.h"
#include "observation/syscall_names.h"

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

const std::string& cgroup_of(const Task& task) {
  static const std::string unknown;
  return task.details ? task.details->cgroup : unknown;
}

// A kernel thread has no executable, and says so by having none.
Fit fit_of_exe(const Match& match, const Task& task) {
  const std::string exe = exe_of(task);
  return fit_of_text(match.exe, exe, task.kernel_thread || !exe.empty());
}

// Without a unit the cgroup tells whether there is none or whether nobody knows.
Fit fit_of_unit(const Match& match, const Finding& finding) {
  return fit_of_text(match.unit, finding.unit, !finding.unit.empty() || !cgroup_of(finding.task).empty());
}

Fit fit_of_cgroup(const Match& match, const Task& task) {
  const std::string& cgroup = cgroup_of(task);
  return fit_of_text(match.cgroup, cgroup, !cgroup.empty());
}

Fit fit_of_container(const Match& match, const Task& task) {
  const std::string& cgroup = cgroup_of(task);
  const auto container = container_of(cgroup);
  const bool known = !cgroup.empty();
  const std::string name = container && !container->id.empty() ? container->name() : "";
  const Fit fit = fit_of_text(match.container, name, known);
  const Fit fit_of_pod = fit_of_text(match.pod, container ? container->pod : "", known);
  return std::min(fit, fit_of_pod);
}

Fit fit_of_user(const Match& match, const Task& task) {
  if (match.users.empty()) return Fit::yes;
  if (!task.uid) return Fit::unknown;
  return fit_if(std::any_of(match.users.begin(), match.users.end(),
                            [&](const UserMatch& user) { return user.uid == *task.uid; }));
}

// Calls of the 32-bit interface have other numbers, and no names here.
Fit fit_of_syscall(const Match& match, const Task& task) {
  if (match.syscalls.empty()) return Fit::yes;
  if (!task.call) return Fit::no;
  if (task.call->compat) return Fit::unknown;
  return fit_if(match.syscalls.contains(std::string{syscall_name(task.call->number)}));
}

std::vector<std::string> device_names(const DeviceFacts& device) {
  std::vector<std::string> names{device.name, device.mapper_name};
  for (const LowerDevice& lower : device.lower) {
    names.push_back(lower.name);
    names.push_back(lower.mapper_name);
  }
  return names;
}

Fit fit_of_any(const std::vector<std::string>& globs, const std::vector<std::string>& names) {
  return fit_if(std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return !name.empty() && matching_glob(globs, name) != nullptr;
  }));
}

// A wait in the kernel whose file and device nobody could read may be for any; other waits are for none.
Fit fit_of_unread(const Task& task) {
  return !task.details || in_d_state(task.state) ? Fit::unknown : Fit::no;
}

Fit fit_of_device(const Match& match, const Task& task) {
  if (match.device.empty()) return Fit::yes;
  if (!task.details || !task.details->device) return fit_of_unread(task);
  return fit_of_any(match.device, device_names(*task.details->device));
}

Fit fit_of_mount(const Match& match, const Task& task) {
  if (match.mount.empty()) return Fit::yes;
  const FileFacts* file = task.details ? file_waited_for(*task.details) : nullptr;
  if (file == nullptr) return fit_of_unread(task);
  return fit_of_any(match.mount, {file->mount_point, file->mount_source});
}

bool matches_cause(const Match& match, const Finding& finding, const Finding& root) {
  return match.causes.empty() || match.causes.contains(finding.key.cause) ||
         match.causes.contains(root.key.cause);
}

}  // namespace

Fit fit_of(const Match& match, const Finding& finding) {
  return fit_of(match, finding, finding);
}

Fit fit_of(const Match& match, const Finding& victim, const Finding& root) {
  const std::string name = process_name_of(victim.task);
  const auto fits = {fit_if(matches_cause(match, victim, root)),
                     fit_if(victim.certainty >= match.at_least),
                     fit_if(victim.lasted >= match.lasting),
                     fit_of_text(match.comm, name, !name.empty()),
                     fit_of_exe(match, victim.task),
                     fit_of_unit(match, victim),
                     fit_of_cgroup(match, victim.task),
                     fit_of_container(match, victim.task),
                     fit_of_user(match, victim.task),
                     fit_of_syscall(match, victim.task),
                     fit_of_device(match, root.task),
                     fit_of_mount(match, root.task)};
  return *std::min_element(fits.begin(), fits.end());
}

bool names_unit(const Match& match) {
  return !match.unit.empty() || !match.cgroup.empty() || !match.container.empty() || !match.pod.empty();
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
