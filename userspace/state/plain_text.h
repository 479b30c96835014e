// SPDX-License-Identifier: Apache-2.0
// Any bytes as printable ASCII and back: names of units come from paths of cgroups, which are any bytes, and
// JSON holds UTF-8 only. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wedged {

// What is no printable ASCII becomes %XX, the percent sign too.
[[nodiscard]] std::string to_plain(std::string_view bytes);

// Empty if it is nothing that to_plain() makes.
[[nodiscard]] std::optional<std::string> from_plain(std::string_view text);

}  // namespace wedged
