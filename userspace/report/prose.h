// SPDX-License-Identifier: Apache-2.0
// Sentences broken into lines at spaces. Knows columns, not meanings. Pure.
#pragma once

#include <string>
#include <string_view>

namespace wedged {

struct Indent {
  std::string_view first;
  std::string_view others;
};

// Prose wider than this is hard to read, whatever the screen.
inline constexpr unsigned widest_prose = 100;

// Whole lines, the last newline included. `width` in columns, 0: as wide as it is comfortable. A word longer
// than the line stands alone on it, whole. `printable_text` as report/escape.h makes it; may carry no colour.
[[nodiscard]] std::string paragraph(std::string_view printable_text, const Indent& indent, unsigned width);

}  // namespace wedged
