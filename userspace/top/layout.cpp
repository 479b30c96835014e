// SPDX-License-Identifier: Apache-2.0
#include "top/layout.h"

#include <algorithm>

#include "report/escape.h"

namespace wedged {
namespace {

std::string line_of(const std::vector<std::string>& cells, const TopTable& table,
                    const std::vector<std::size_t>& widths, unsigned screen) {
  std::string line;
  for (std::size_t at = 0; at < cells.size(); ++at) {
    if (widths[at] == 0) continue;
    if (!line.empty()) line += screen != 0 && screen < 100 ? " " : "  ";
    const std::string cell = cut_to(cells[at], widths[at]);
    const std::size_t missing = widths[at] - std::min(widths[at], columns_of(cell));
    const bool last = at + 1 == cells.size();
    if (table.columns[at].number)
      line += std::string(missing, ' ') + cell;
    else
      line += cell + (last ? "" : std::string(missing, ' '));
  }
  return screen == 0 ? line : cut_to(line, screen);
}

// At a space, if there is one behind the indent.
void wrap(std::string rest, unsigned columns, std::vector<std::string>& result) {
  const std::string indent(std::min<std::size_t>(14, columns / 4), ' ');
  while (columns_of(rest) > columns) {
    const std::size_t fits = first_columns(rest, columns).size();
    const std::size_t space = rest[fits] == ' ' ? fits : rest.rfind(' ', fits);
    const bool at_space = space != std::string::npos && space > indent.size();
    const std::size_t end = at_space ? space : std::max<std::size_t>(fits, 1);
    result.push_back(rest.substr(0, end));
    const std::size_t next = rest.find_first_not_of(' ', end);
    if (next == std::string::npos) return;
    rest = indent + rest.substr(next);
  }
  result.push_back(std::move(rest));
}

}  // namespace

std::vector<std::size_t> widths_of(const TopTable& table, unsigned screen) {
  std::vector<std::size_t> widths;
  for (std::size_t at = 0; at < table.columns.size(); ++at) {
    const std::size_t mark = screen != 0 ? 1U : 0U;  // of the order
    std::size_t width = columns_of(table.columns[at].name) + mark;
    for (const auto& row : table.rows) width = std::max(width, columns_of(row.cells[at].text));
    const bool last = at + 1 == table.columns.size();
    if (screen != 0 && !last && !table.columns[at].number)
      width = std::min<std::size_t>(width, screen < 80 ? 15 : 26);
    widths.push_back(screen != 0 && table.columns[at].least_screen > screen ? 0 : width);
  }
  return widths;
}

std::string row_line(const TopRow& row, const TopTable& table, const std::vector<std::size_t>& widths,
                     unsigned screen) {
  std::vector<std::string> texts;
  for (const auto& cell : row.cells) texts.push_back(cell.text);
  return line_of(texts, table, widths, screen);
}

std::string heading_line(const TopTable& table, const TopOrder* order, const std::vector<std::size_t>& widths,
                         unsigned screen) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < table.columns.size(); ++at) {
    const bool sorted = order && order->column == at;
    names.push_back(table.columns[at].name +
                    (sorted ? (table.columns[at].number != order->reversed ? "v" : "^") : ""));
  }
  return line_of(names, table, widths, screen);
}

std::vector<std::string> plain_table(const TopTable& table, unsigned columns) {
  if (table.rows.empty()) return {table.empty};
  const auto widths = widths_of(table, columns);
  std::vector<std::string> lines{heading_line(table, nullptr, widths, columns)};
  for (const auto& row : table.rows) lines.push_back(row_line(row, table, widths, columns));
  return lines;
}

std::vector<std::string> wrapped(const std::vector<std::string>& lines, unsigned columns) {
  std::vector<std::string> result;
  for (const auto& line : lines) wrap(line, columns, result);
  return result;
}

}  // namespace wedged
