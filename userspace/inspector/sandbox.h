// SPDX-License-Identifier: Apache-2.0
// What the inspector may still do once it has looked at a stranger's file: read files and memory, and speak
// to its parent. Not: write, start, signal or trace anything, or speak to anybody else.
#pragma once

#include "util/result.h"

namespace wedged {

// Of this process, for good. Without root it works too, with what rights there are. Keeps `socket` and the
// standard descriptors, closes all others.
[[nodiscard]] Status enter_sandbox(int socket);

}  // namespace wedged
