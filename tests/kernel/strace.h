// SPDX-License-Identifier: Apache-2.0
// Strace: counts the calls of a process by other means than ours, at the same time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>

namespace wedged::test {

class Strace {
 public:
  // Returns when it is attached.
  explicit Strace(int pid);
  ~Strace();
  Strace(const Strace&) = delete;
  Strace& operator=(const Strace&) = delete;

  struct Counts {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
  };
  // Ends it and takes what it counted, by name.
  std::map<std::string, Counts> finish();

 private:
  std::string output_;
  pid_t tracer_ = -1;
};

}  // namespace wedged::test
