// SPDX-License-Identifier: Apache-2.0
// A FUSE server that answers everything but the reading of its one file: serve_but_reads() runs it. Speaks to
// /dev/fuse itself and knows nothing of who asks.
#pragma once

#include <functional>
#include <string>

namespace wedged::test {

inline constexpr const char* fuse_file = "a file";

// Mounts on `folder`, calls `ready`, and serves until it is killed.
int serve_but_reads(const std::string& folder, const std::function<void()>& ready);

}  // namespace wedged::test
