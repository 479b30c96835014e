// SPDX-License-Identifier: Apache-2.0
// Program: one of programs/, running and waiting for ever, and a request to inspect it. Its registers are
// read with ptrace, as the product never does: there the kernel's iterator has them.
#pragma once

#include <string>
#include <vector>

#include "observation/user_side.h"
#include "util/fd.h"

namespace wedged::test {

class Program {
 public:
  // Started, and `threads` of its threads waiting in a system call, the others ended.
  explicit Program(const std::vector<std::string>& arguments, unsigned threads = 1);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  [[nodiscard]] int id() const { return id_; }
  // All its threads that have not ended, with their registers; the futex word of those that wait in futex().
  [[nodiscard]] InspectRequest request() const;

 private:
  int id_ = -1;
};

[[nodiscard]] ProcessId process_of(int id);
[[nodiscard]] char state_of(int id);                            // as ps has it
[[nodiscard]] std::string path_of(const std::string& program);  // of one of programs/

}  // namespace wedged::test
