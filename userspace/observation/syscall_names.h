// SPDX-License-Identifier: Apache-2.0
// Names of system calls by number, of the architecture we are built for (from its <asm/unistd.h>).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace wedged {

// Empty if this number has no name here.
[[nodiscard]] std::string_view syscall_name(int number);
[[nodiscard]] std::optional<int> syscall_number(std::string_view name);
// Greatest number that has a name, plus one.
[[nodiscard]] std::size_t syscall_count();

}  // namespace wedged
