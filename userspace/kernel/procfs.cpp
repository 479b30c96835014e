// SPDX-License-Identifier: Apache-2.0
#include "kernel/procfs.h"

#include <linux/capability.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "observation/snapshot.h"

namespace wedged {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The value behind "Name:" in a status file; empty if there is none.
std::string status_field(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(name + ":", 0) == 0) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  }
  return {};
}

int parent_of(const std::string& proc_root, const std::string& pid) {
  const auto value = status_field(file_text(proc_root + "/" + pid + "/status"), "PPid");
  return value.empty() ? 0 : std::atoi(value.c_str());
}

}  // namespace

Result<std::set<std::string>> missing_observer_capabilities(const std::string& proc_root) {
  const auto value = status_field(file_text(proc_root + "/self/status"), "CapEff");
  if (value.empty())
    return Error{ErrorKind::unsupported, proc_root + "/self/status: no line CapEff; is /proc mounted?"};
  const auto effective = std::stoull(value, nullptr, 16);
  const auto has = [&](unsigned number) { return (effective >> number & 1U) != 0; };
  std::set<std::string> missing;
  if (has(CAP_SYS_ADMIN)) return missing;
  if (!has(CAP_BPF)) missing.insert("CAP_BPF");
  if (!has(CAP_PERFMON)) missing.insert("CAP_PERFMON");
  return missing;
}

std::vector<int> own_ancestors(const std::string& proc_root) {
  std::vector<int> ancestors;
  for (int pid = parent_of(proc_root, "self"); pid > 0; pid = parent_of(proc_root, std::to_string(pid))) {
    if (std::find(ancestors.begin(), ancestors.end(), pid) != ancestors.end()) break;
    ancestors.push_back(pid);
  }
  return ancestors;
}

bool in_host_pid_namespace(const std::string& proc_root) {
  struct stat status {};
  return stat((proc_root + "/self/ns/pid").c_str(), &status) == 0 && status.st_ino == first_pid_namespace;
}

Duration hung_task_timeout(const std::string& proc_root) {
  return std::chrono::seconds(std::atol(file_text(proc_root + "/sys/kernel/hung_task_timeout_secs").c_str()));
}

std::uint64_t own_resident_bytes(const std::string& proc_root) {
  std::ifstream file(proc_root + "/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

Result<std::string> boot_id(const std::string& proc_root) {
  const std::string path = proc_root + "/sys/kernel/random/boot_id";
  std::istringstream text(file_text(path));
  std::string id;
  if (text >> id) return id;
  return Error{ErrorKind::unsupported, path + " tells nothing; is /proc mounted?"};
}

Status check_process(int pid, const std::string& proc_root) {
  const auto number = std::to_string(pid);
  const auto group = status_field(file_text(proc_root + "/" + number + "/status"), "Tgid");
  if (group.empty()) return Error{ErrorKind::gone, "there is no process " + number};
  if (group == number) return Nothing{};
  return Error{ErrorKind::malformed, number + " is a thread of process " + group + "; give that one"};
}

std::vector<int> processes_named(const std::string& name, const std::string& proc_root) {
  constexpr std::size_t comm_length = 15;  // TASK_COMM_LEN less its NUL
  const auto wanted = name.substr(0, comm_length);
  std::vector<int> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(proc_root, error)) {
    const auto pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    auto comm = file_text(proc_root + "/" + pid + "/comm");
    if (!comm.empty() && comm.back() == '\n') comm.pop_back();
    if (comm == wanted) pids.push_back(std::atoi(pid.c_str()));
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

std::string cgroup2_mount(const std::string& proc_root) {
  std::istringstream lines(file_text(proc_root + "/self/mounts"));
  std::string source, target, type, rest;
  while (lines >> source >> target >> type && std::getline(lines, rest)) {
    if (type == "cgroup2") return target;
  }
  return {};
}

Result<CgroupPlace> find_cgroup(const std::string& path, const std::string& proc_root) {
  const auto mount = cgroup2_mount(proc_root);
  if (mount.empty()) return Error{ErrorKind::unsupported, "no cgroup2 file system is mounted on this host"};
  auto full = path.rfind(mount, 0) == 0 ? path : mount + "/" + path;
  while (full.size() > 1 && full.back() == '/') full.pop_back();
  struct statfs system {};
  struct stat folder {};
  if (statfs(full.c_str(), &system) != 0 || stat(full.c_str(), &folder) != 0) {
    return Error{ErrorKind::malformed, "cgroup '" + path + "': no folder " + full};
  }
  if (system.f_type != CGROUP2_SUPER_MAGIC) {
    return Error{ErrorKind::malformed, "cgroup '" + path + "': " + full + " is not in a cgroup2 file system"};
  }
  std::istringstream parts(full.substr(mount.size()));
  CgroupPlace place{folder.st_ino, 0, {}, full};
  for (std::string part; std::getline(parts, part, '/');) {
    if (part.empty()) continue;
    place.path += "/" + part;
    ++place.level;
  }
  return place;
}

std::optional<std::uint64_t> cgroup_id_of(const std::string& folder) {
  struct statfs system {};
  struct stat status {};
  if (statfs(folder.c_str(), &system) != 0 || system.f_type != CGROUP2_SUPER_MAGIC) return std::nullopt;
  if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
  return status.st_ino;
}

// Those that go meanwhile are left out, and what is below them.
std::vector<std::string> all_cgroups(const std::string& proc_root) {
  namespace fs = std::filesystem;
  const auto mount = cgroup2_mount(proc_root);
  if (mount.empty()) return {};
  std::vector<std::string> cgroups{"/"};
  for (std::size_t at = 0; at < cgroups.size(); ++at) {
    std::error_code gone_meanwhile;
    const std::string outer = cgroups[at] == "/" ? "" : cgroups[at];
    for (fs::directory_iterator entry(mount + outer, gone_meanwhile), end; !gone_meanwhile && entry != end;
         entry.increment(gone_meanwhile)) {
      std::error_code unknown;
      if (entry->is_directory(unknown)) cgroups.push_back(outer + "/" + entry->path().filename().string());
    }
  }
  return cgroups;
}

}  // namespace wedged
