// SPDX-License-Identifier: Apache-2.0
#include "strace.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "kernel_test.h"

namespace wedged::test {
namespace {

long value_in(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {
    long value = 0;
    if (word == name && file >> value) return value;
  }
  return -1;
}

}  // namespace

Strace::Strace(int pid) : output_("/tmp/wedged_strace_" + std::to_string(pid)) {
  tracer_ = fork();
  if (tracer_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto target = std::to_string(pid);
    execlp("strace", "strace", "-q", "-c", "-U", "name,calls,errors", "-o", output_.c_str(), "-p",
           target.c_str(), nullptr);
    _exit(127);
  }
  await("strace to be attached",
        [&] { return value_in("/proc/" + std::to_string(pid) + "/status", "TracerPid:") == tracer_; });
}

Strace::~Strace() {
  static_cast<void>(std::remove(output_.c_str()));
}

std::map<std::string, Strace::Counts> Strace::finish() {
  kill(tracer_, SIGINT);
  waitpid(tracer_, nullptr, 0);
  std::ifstream table(output_);
  std::map<std::string, Counts> counts;
  for (std::string line; std::getline(table, line);) {
    std::istringstream words(line);
    std::string name;
    Counts one;
    if (words >> name >> one.calls) {
      words >> one.errors;
      counts[name] = one;
    }
  }
  return counts;
}

}  // namespace wedged::test
