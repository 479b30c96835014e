// SPDX-License-Identifier: Apache-2.0
// The signals a ladder may send: those that end a process or that programs handle in order to end. No
// stopping, no continuing, none that is ignored by default.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wedged {

// "TERM" or "SIGTERM"; empty for every signal that no ladder may send.
[[nodiscard]] std::optional<int> ladder_signal_named(std::string_view name);
[[nodiscard]] bool is_ladder_signal(int number);

// "SIGTERM"; "signal 42" if it is none of a ladder.
[[nodiscard]] std::string signal_name(int number);

// Without "SIG", the usual ones first.
[[nodiscard]] std::vector<std::string> ladder_signal_names();

}  // namespace wedged
