// SPDX-License-Identifier: Apache-2.0
// Tables and long lines on a screen of so many columns, 0 for unlimited. Pure; text is printable.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "top/table.h"

namespace wedged {

// Of each column of the table; 0: left out on such a screen.
[[nodiscard]] std::vector<std::size_t> widths_of(const TopTable& table, unsigned screen);
// One row, cut at the screen's edge.
[[nodiscard]] std::string row_line(const TopRow& row, const TopTable& table,
                                   const std::vector<std::size_t>& widths, unsigned screen);
// The names of the columns; the one that is sorted by is marked. Null: none is.
[[nodiscard]] std::string heading_line(const TopTable& table, const TopOrder* order,
                                       const std::vector<std::size_t>& widths, unsigned screen);

// Heading and rows, or what stands in place of rows.
[[nodiscard]] std::vector<std::string> plain_table(const TopTable& table, unsigned columns);

// Long lines go on below their beginning.
[[nodiscard]] std::vector<std::string> wrapped(const std::vector<std::string>& lines, unsigned columns);

}  // namespace wedged
