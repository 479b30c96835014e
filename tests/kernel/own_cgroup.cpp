// SPDX-License-Identifier: Apache-2.0
#include "own_cgroup.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "child.h"
#include "proc_task.h"

namespace wedged::test {

std::string unified_hierarchy() {
  std::istringstream lines(file_text("/proc/self/mounts"));
  std::string source, target, type, rest;
  while (lines >> source >> target >> type && std::getline(lines, rest)) {
    if (type == "cgroup2") return target;
  }
  return {};
}

OwnCgroup::OwnCgroup(const std::string& path_within) : path_(path_within) {
  must(mkdir((unified_hierarchy() + path_).c_str(), 0755), path_.c_str());
}

OwnCgroup::~OwnCgroup() {
  rmdir((unified_hierarchy() + path_).c_str());
}

void OwnCgroup::enter() const {
  std::ofstream file(unified_hierarchy() + path_ + "/cgroup.procs");
  if (!(file << getpid() << std::flush)) throw std::runtime_error("enter cgroup " + path_);
}

}  // namespace wedged::test
