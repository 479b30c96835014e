// SPDX-License-Identifier: Apache-2.0
// What the arguments of system calls mean, as far as people want to read them. Values only. Source: the
// manual page of each call, section 2.
#pragma once

#include <optional>
#include <string_view>

namespace wedged {

enum class ArgumentKind : char {
  descriptor = 'd',
  folder = 'f',  // descriptor of a folder, or AT_FDCWD
  name = 'n',    // of a file; only in calls that have a single one
  pointer = 'p',
  size = 's',     // also offsets and counts
  integer = 'i',  // may be negative: ids, time limits in milliseconds
  hexadecimal = 'x',
  permissions = 'm',  // octal
  open_flags = 'o',
  futex_operation = 'u',
  lock_operation = 'l',  // of flock
  clock = 'c',
  signal = 'k',
};

struct CallShape {
  std::string_view name;
  std::string_view arguments;  // one letter each, see ArgumentKind
};

// Absent: nothing is known of this call's arguments.
[[nodiscard]] std::optional<CallShape> call_shape(std::string_view name);

}  // namespace wedged
