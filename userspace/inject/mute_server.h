// SPDX-License-Identifier: Apache-2.0
// A FUSE file system with one file, whose server owes one kind of answer for ever, and the client that waits
// for it. Mounted in a mount namespace that dies with the two; the server's death ends the client's wait.
#pragma once

#include <linux/fuse.h>

#include <cstdint>
#include <functional>

#include "inject/stage.h"

namespace wedged::inject {

struct MuteServer {
  std::uint32_t never_answers = FUSE_READ;
  std::function<void(const char* file)> client;  // runs in a process of its own once the file is there
  std::function<void(int client)> swallowed = [](int) {};  // runs in the server when it owes the answer
};

// Runs the server in the calling process; needs the right to mount.
[[noreturn]] void serve(const MuteServer& server);

}  // namespace wedged::inject
