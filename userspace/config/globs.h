// SPDX-License-Identifier: Apache-2.0
// Which globs are refused: those that are broken, and those that could never match what they are for.
#pragma once

#include <string>
#include <string_view>

namespace wedged {

enum class GlobSubject {
  comm,
  exe,
  unit,
  protect,    // exe with a slash, else comm
  cgroup,     // "/system.slice/db.service"
  container,  // "docker:0123...", with the whole id
  pod,        // its uid
  device,     // "sda"
  mount,      // a mount point, or what is mounted: "server:/export"
};

// What is wrong with the glob, as a predicate ("has a '[' without ']'"); empty if nothing is.
[[nodiscard]] std::string fault_of_glob(const std::string& glob, GlobSubject subject);

// The position after the bracket expression that starts at `at`, or npos if it does not end. A ']' that comes
// first, or first after the negation, stands for itself; so do those within "[:alpha:]", "[.x.]" and "[=x=]".
[[nodiscard]] std::size_t end_of_bracket(std::string_view glob, std::size_t at);

}  // namespace wedged
