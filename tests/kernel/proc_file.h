// SPDX-License-Identifier: Apache-2.0
// ProcFile: what /proc says about a file that a process has open, and the mount it was opened through.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace wedged::test {

struct ProcMount {
  std::string point;
  std::string fs_type;
  std::string source;
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
};

struct ProcFile {
  std::string path;  // without the " (deleted)" of the unlinked
  bool deleted = false;
  std::uint64_t inode = 0;
  std::optional<ProcMount> mount;  // absent: mounted nowhere, as pipes and sockets
};

// Asks nothing of the file's own file system, which may not answer.
[[nodiscard]] ProcFile read_proc_file(int tgid, int fd);

}  // namespace wedged::test
