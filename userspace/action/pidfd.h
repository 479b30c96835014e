// SPDX-License-Identifier: Apache-2.0
// The three system calls on process descriptors. Knows nothing of findings and policies.
#pragma once

#include "util/fd.h"
#include "util/result.h"

namespace wedged {

// Kind `gone`: no process has this id (any more).
[[nodiscard]] Result<Fd> open_process(int tgid);

// Signal 0 only asks whether a signal could be sent. Kind `gone`: the process has ended.
[[nodiscard]] Status send_signal(const Fd& process, int signal_number);

[[nodiscard]] bool has_ended(const Fd& process);

}  // namespace wedged
