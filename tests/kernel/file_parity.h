// SPDX-License-Identifier: Apache-2.0
// FileParity: a child waits in a call on a file, in a mount namespace of its own and an empty tmpfs; what is
// observed of the file is compared with what /proc says of the descriptor and its mount.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>

#include <functional>
#include <string>

#include "kernel_test.h"
#include "observation/task.h"

namespace wedged::test {

// Runs in the child; opens one file and waits in a call on it for ever.
using Waiting = std::function<void()>;

// Any open file can be locked twice by two openings: the second waits in flock.
void wait_for_lock(const std::string& path, int flags = O_RDONLY | O_CREAT);
void wait_for_lock_of(int holder, int waiter);
void read_for_ever(int fd);

class FileParity : public KernelTest {
 protected:
  void SetUp() override;
  void TearDown() override;

  // Compares, and returns what was observed.
  TaskDetails details_of(const Waiting& wait, long call);
  FileFacts file_of(const Waiting& wait, long call = SYS_flock);

  std::string folder_;  // the tmpfs, and the child's working folder
};

}  // namespace wedged::test
