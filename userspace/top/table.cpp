// SPDX-License-Identifier: Apache-2.0
#include "top/table.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "report/escape.h"
#include "report/format.h"

namespace wedged {
namespace {

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

}  // namespace

void add_row(TopTable& table, std::vector<TopCell> cells, TopSubject subject, TopAlarm alarm) {
  table.rows.push_back({std::move(cells), std::move(subject), alarm});
}

void sort_rows(TopTable& table, const TopOrder& order) {
  const bool numeric = table.columns[order.column].number;
  const bool by_key = numeric || table.columns[order.column].by_key;
  const bool descending = numeric != order.reversed;
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const TopRow& left, const TopRow& right) {
    const auto& a = (descending ? right : left).cells[order.column];
    const auto& b = (descending ? left : right).cells[order.column];
    return by_key ? a.key < b.key : a.text < b.text;
  });
}

bool contains(const TopRow& row, const std::string& needle) {
  const auto wanted = lower(needle);
  return std::any_of(row.cells.begin(), row.cells.end(),
                     [&](const TopCell& cell) { return lower(cell.text).find(wanted) != std::string::npos; });
}

TopCell number_cell(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value != 0 && value < 10 ? "%.1f" : "%.0f", value);
  return {text, value};
}

TopCell count_cell(std::size_t count) {
  return {std::to_string(count), static_cast<double>(count)};
}

TopCell text_cell(const std::string& text) {
  return {text.empty() ? "-" : printable(text), 0};
}

TopCell length_cell(Duration duration, bool exact) {
  constexpr auto short_one = std::chrono::milliseconds(1);
  std::string text = duration_text(duration);
  if (duration > Duration{} && duration < short_one)
    text = std::to_string(std::max<std::int64_t>(duration.count() / 1000, 1)) + " us";
  return {(exact ? "" : ">") + text, seconds_of(duration)};
}

TopCell id_cell(int id) {
  return {std::to_string(id), static_cast<double>(id)};
}

TopCell ids_cell(int pid, int tid) {
  constexpr double most_ids = 1 << 22;  // PID_MAX_LIMIT
  return {std::to_string(pid) + "/" + std::to_string(tid), pid * most_ids + tid};
}

}  // namespace wedged
