// SPDX-License-Identifier: Apache-2.0
// Source: the kernel's admin-guide/cgroup-v2.rst (cgroup.procs, cgroup.freeze, cgroup.events).
#include "inject/frozen_cgroup.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>

#include "inject/stage.h"
#include "util/fd.h"

namespace wedged::inject {
namespace {

// Where the unified hierarchy is mounted; empty: nowhere.
std::string mount_of_cgroup2() {
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream words(line);
    std::string source, place, type;
    words >> source >> place >> type;
    if (type == "cgroup2") return place;
  }
  return {};
}

// The path of this process in the unified hierarchy.
std::string own_cgroup() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "/";
}

void write_to(const std::string& path, const std::string& text) {
  const Fd file{must(open(path.c_str(), O_WRONLY | O_CLOEXEC), path.c_str())};
  must(static_cast<int>(write(file.get(), text.data(), text.size())), path.c_str());
}

bool is_frozen(const std::string& cgroup) {
  std::ifstream events(cgroup + "/cgroup.events");
  const std::string text{std::istreambuf_iterator<char>(events), {}};
  return text.find("frozen 1") != std::string::npos;
}

// Outlives the process group, which is killed as a whole; its end is waited for by the supervisor, to whom
// orphans come.
void remove_after(const std::string& cgroup, int process) {
  const Fd end{must(static_cast<int>(syscall(SYS_pidfd_open, process, 0)), "pidfd_open")};
  if (must(fork(), "fork") != 0) return;
  setpgid(0, 0);
  pollfd waiting{end.get(), POLLIN, 0};
  while (poll(&waiting, 1, -1) < 0 && errno == EINTR) {
  }
  for (int tries = 0; tries < 1000 && rmdir(cgroup.c_str()) < 0 && errno == EBUSY; ++tries)
    sleep_for(std::chrono::milliseconds(5));
  _exit(0);
}

}  // namespace

void freeze(int process) {
  const auto mount = mount_of_cgroup2();
  if (mount.empty()) give_up("there is no cgroup v2 here", 0);
  const auto cgroup = mount + own_cgroup() + "/wedged-inject-" + std::to_string(process);
  must(mkdir(cgroup.c_str(), 0755), cgroup.c_str());
  remove_after(cgroup, process);
  write_to(cgroup + "/cgroup.procs", std::to_string(process));
  write_to(cgroup + "/cgroup.freeze", "1");
  for (int tries = 0; !is_frozen(cgroup); ++tries) {
    if (tries == 1000) give_up("a process that should freeze does not", 0);
    sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace wedged::inject
