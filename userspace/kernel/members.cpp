// SPDX-License-Identifier: Apache-2.0
// Sources: proc_pid_stat(5), proc_pid_cgroup(5), Documentation/admin-guide/cgroup-v2.rst (cgroup.procs).
#include "kernel/members.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "kernel/procfs.h"

namespace wedged {
namespace {

namespace fs = std::filesystem;

constexpr unsigned long pf_kthread = 0x00200000;  // include/linux/sched.h

std::optional<std::string> text_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The name may hold anything, blanks and parentheses too: what follows begins behind the last one.
struct Stat {
  std::string comm;
  char state = '?';
  int parent = 0, group = 0;
  long threads = 0;
  unsigned long flags = 0;
  std::uint64_t start_ticks = 0;
};

std::optional<Stat> parsed_stat(const std::string& text) {
  const auto open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return std::nullopt;
  Stat stat;
  stat.comm = text.substr(open + 1, close - open - 1);
  std::istringstream fields(text.substr(close + 1));
  std::string skipped;
  const auto skip = [&](int count) {
    while (count-- > 0) fields >> skipped;
  };
  fields >> stat.state >> stat.parent >> stat.group;  // fields 3 to 5
  skip(3);                                            // session, terminal, its group
  fields >> stat.flags;                               // 9
  skip(10);                                           // faults, times, priority, nice
  fields >> stat.threads;                             // 20
  skip(1);
  fields >> stat.start_ticks;  // 22
  if (!fields) return std::nullopt;
  return stat;
}

// A leader that has ended while other threads live on is a zombie as well, and signals reach those.
bool has_ended(const Stat& stat) {
  return (stat.state == 'Z' || stat.state == 'X') && stat.threads <= 1;
}

std::string exe_of(const std::string& folder) {
  constexpr std::string_view deleted = " (deleted)";
  std::array<char, PATH_MAX> target{};
  const auto length = ::readlink((folder + "/exe").c_str(), target.data(), target.size());
  if (length <= 0 || static_cast<std::size_t>(length) >= target.size()) return {};
  const std::string_view exe(target.data(), static_cast<std::size_t>(length));
  return std::string{exe.ends_with(deleted) ? exe.substr(0, exe.size() - deleted.size()) : exe};
}

// The line of the unified hierarchy, "0::/system.slice/db.service".
std::string cgroup_of(const std::string& folder) {
  constexpr std::string_view unified = "0::", deleted = " (deleted)";
  std::istringstream lines(text_of(folder + "/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(unified)) continue;
    if (line.ends_with(deleted)) line.resize(line.size() - deleted.size());
    return line.substr(unified.size());
  }
  return {};
}

Error gone(int tgid) {
  return {ErrorKind::gone, "there is no process " + std::to_string(tgid)};
}

Result<Stat> stat_of(const std::string& folder, int tgid) {
  const auto text = text_of(folder + "/stat");
  if (!text || text->empty()) return gone(tgid);
  auto stat = parsed_stat(*text);
  if (!stat) return Error{ErrorKind::malformed, folder + "/stat has another form than expected"};
  if (has_ended(*stat)) return gone(tgid);
  return std::move(*stat);
}

Member member_without_facts(int tgid) {
  Member member;
  member.tgid = tgid;
  return member;
}

std::vector<int> processes(const std::string& proc_root) {
  std::vector<int> tgids;
  std::error_code error;
  for (fs::directory_iterator entry(proc_root, error), end; !error && entry != end; entry.increment(error)) {
    if (const auto tgid = number_in(entry->path().filename().string())) tgids.push_back(*tgid);
  }
  return tgids;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code vanished;
    if (entry->is_directory(vanished)) folders.push_back(entry->path());
  }
  return folders;
}

// False: it cannot be read.
bool add_processes(const fs::path& folder, std::set<int>& tgids) {
  std::ifstream file(folder / "cgroup.procs");
  if (!file) return false;
  for (int tgid = 0; file >> tgid;) tgids.insert(tgid);
  return !file.bad();
}

// Those below may vanish while they are listed. A threaded cgroup lists no processes (EOPNOTSUPP): they are
// in the list of its domain, which is above; asked for one itself we cannot tell.
Result<std::set<int>> processes_below(const std::string& folder) {
  std::set<int> tgids;
  if (!add_processes(folder, tgids)) return Error{ErrorKind::system, folder + "/cgroup.procs cannot be read"};
  auto folders = folders_in(folder);
  while (!folders.empty()) {
    const auto below = std::move(folders.back());
    folders.pop_back();
    add_processes(below, tgids);
    for (auto& one : folders_in(below)) folders.push_back(std::move(one));
  }
  return tgids;
}

}  // namespace

std::string own_executable_path() {
  return "/proc/self/exe";
}

std::string sysrq_trigger_path() {
  return "/proc/sysrq-trigger";
}

Result<Member> member_of(int tgid, const std::string& proc_root) {
  if (tgid <= 0) return gone(tgid);
  const auto folder = proc_root + "/" + std::to_string(tgid);
  auto stat = stat_of(folder, tgid);
  if (!stat) return stat.error();
  Member member;
  member.tgid = tgid;
  member.start_ticks = stat->start_ticks;
  member.parent_tgid = stat->parent;
  member.process_group = stat->group;
  member.kernel_thread = (stat->flags & pf_kthread) != 0;
  member.comm = stat->comm;
  member.exe = exe_of(folder);
  member.cgroup = cgroup_of(folder);
  return member;
}

Result<std::uint64_t> start_ticks_of(int tgid, const std::string& proc_root) {
  const auto stat = stat_of(proc_root + "/" + std::to_string(tgid), tgid);
  if (!stat) return stat.error();
  return stat->start_ticks;
}

Result<std::vector<Member>> members_of_group(int process_group, const std::string& proc_root) {
  if (process_group <= 1) return Error{ErrorKind::malformed, "this is no process group to reach"};
  std::vector<Member> members;
  for (const int tgid : processes(proc_root)) {
    const auto stat = stat_of(proc_root + "/" + std::to_string(tgid), tgid);
    if (!stat || stat->group != process_group) continue;
    auto member = member_of(tgid, proc_root);
    if (member) members.push_back(std::move(*member));
  }
  return members;
}

Result<std::string> cgroup_folder(const std::string& cgroup, const std::string& proc_root) {
  const bool odd = !cgroup.starts_with('/') || (cgroup + "/").find("/../") != std::string::npos;
  if (odd) return Error{ErrorKind::malformed, "cgroup '" + cgroup + "' is no path of a hierarchy"};
  const auto mount = cgroup2_mount(proc_root);
  if (mount.empty()) return Error{ErrorKind::unsupported, "no cgroup2 file system is mounted on this host"};
  auto folder = cgroup == "/" ? mount : mount + cgroup;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return Error{ErrorKind::gone, "there is no cgroup " + cgroup};
  return folder;
}

Result<std::vector<Member>> members_of_cgroup(const std::string& cgroup, const std::string& proc_root) {
  const auto folder = cgroup_folder(cgroup, proc_root);
  if (!folder) return folder.error();
  const auto tgids = processes_below(*folder);
  if (!tgids) return tgids.error();
  std::vector<Member> members;
  for (const int tgid : *tgids) {
    auto member = member_of(tgid, proc_root);
    const bool unknown = tgid == 0 || (!member && member.error().kind != ErrorKind::gone);
    if (unknown) members.push_back(member_without_facts(tgid));
    if (member) members.push_back(std::move(*member));
  }
  return members;
}

}  // namespace wedged
