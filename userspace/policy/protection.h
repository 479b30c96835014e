// SPDX-License-Identifier: Apache-2.0
// Protection: which glob of the built-in list or of a policy's `protect` is for a name or an executable.
// Pure.
#pragma once

#include <string>
#include <vector>

namespace wedged {

// Whether any of them is about executables: one with a slash is.
[[nodiscard]] bool protects_paths(const std::vector<std::string>& protect);

// The glob that protects this name or, if `is_path`, this executable; else null. The built-in list has names
// only.
[[nodiscard]] const std::string* protecting_glob(const std::vector<std::string>& protect,
                                                 const std::string& text, bool is_path);

}  // namespace wedged
