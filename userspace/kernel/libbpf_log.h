// SPDX-License-Identifier: Apache-2.0
// Keeps the last lines that libbpf printed, so that an error can show them; libbpf itself prints nothing.
#pragma once

#include <string>

namespace wedged {

void capture_libbpf_log();                    // once, before the first call into libbpf
[[nodiscard]] std::string take_libbpf_log();  // what was captured since the last time, at most 20 lines

}  // namespace wedged
