// SPDX-License-Identifier: Apache-2.0
// Makes strings that other processes chose (names, paths, mount sources, cgroups) safe to show: on a
// terminal, in a column, as a metric's label. Knows nothing of what the strings mean. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wedged {

// One line that no terminal interprets: control characters, invalid UTF-8, and characters that are invisible
// or turn the writing direction become \xNN, byte by byte. Backslashes stay, since unit names are full of
// them: JSON is the exact form.
[[nodiscard]] std::string printable(std::string_view text);

// The same, of at most `max_bytes`, without a piece cut in two. A metric's label must be valid UTF-8, or the
// whole scrape is refused.
[[nodiscard]] std::string label_text(std::string_view text, std::size_t max_bytes);

// Columns that printable text takes on a terminal of UTF-8: two for wide characters (wcwidth(3)).
[[nodiscard]] std::size_t columns_of(std::string_view printable_text);

// The longest front that takes no more than so many.
[[nodiscard]] std::string_view first_columns(std::string_view printable_text, std::size_t columns);

// At most `columns` of printable text; what was cut shows as "...", where there is room for it.
[[nodiscard]] std::string cut_to(std::string_view printable_text, std::size_t columns);

}  // namespace wedged
