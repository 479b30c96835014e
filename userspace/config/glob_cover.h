// SPDX-License-Identifier: Apache-2.0
// What can be said of globs without a text: whether one matches all that another does. Careful: `true` is
// sure, `false` may only mean that nobody knows.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace wedged {

// Everything that `narrow` matches, `wide` matches too.
[[nodiscard]] bool covers(const std::string& wide, const std::string& narrow);

// The same of lists in a rule, of which any glob may match. Without globs a list matches everything.
[[nodiscard]] bool list_covers(const std::vector<std::string>& wide, const std::vector<std::string>& narrow);

// No text that the glob matches has fewer bytes. The glob is one that fault_of_glob() lets pass.
[[nodiscard]] std::size_t least_length(const std::string& glob);

}  // namespace wedged
