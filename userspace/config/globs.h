// SPDX-License-Identifier: Apache-2.0
// Which globs are refused: those that are broken, and those that could never match what they are for.
#pragma once

#include <string>

namespace wedged {

enum class GlobSubject { comm, exe, unit, protect };  // protect: exe with a slash, else comm

// What is wrong with the glob, as a predicate ("has a '[' without ']'"); empty if nothing is.
[[nodiscard]] std::string fault_of_glob(const std::string& glob, GlobSubject subject);

}  // namespace wedged
