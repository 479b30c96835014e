// SPDX-License-Identifier: Apache-2.0
// TopTable: columns and rows, before anybody knows how wide the screen is. Pure; all text is printable.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "diagnosis/finding.h"

namespace wedged {

struct TopCell {
  std::string text;  // printable
  double key = 0;    // what numbers are sorted by, and columns that say so
};

struct TopColumn {
  std::string name;
  bool number = false;        // to the right, greatest first
  unsigned least_screen = 0;  // shown on screens of so many columns
  bool by_key = false;        // sorted by key, least first, though it is no number
};

// What a row is about, and what opens when it is chosen.
struct CallSubject {
  int number = -1;
  bool compat = false;

  auto operator<=>(const CallSubject&) const = default;
};
struct UnitSubject {
  std::string name;  // as unit_or_name() gives it

  auto operator<=>(const UnitSubject&) const = default;
};
using TopSubject = std::variant<std::monostate, FindingKey, CallSubject, ProcessId, UnitSubject>;

enum class TopAlarm { none, warning, bad };

struct TopRow {
  std::vector<TopCell> cells;
  TopSubject subject;
  TopAlarm alarm = TopAlarm::none;
};

struct TopTable {
  std::vector<TopColumn> columns;
  std::vector<TopRow> rows;
  std::string empty;  // in place of rows
};

void add_row(TopTable& table, std::vector<TopCell> cells, TopSubject subject = {},
             TopAlarm alarm = TopAlarm::none);

struct TopOrder {
  std::size_t column = 0;
  bool reversed = false;
};

// Numbers greatest first, texts in their order; reversed if asked for.
void sort_rows(TopTable& table, const TopOrder& order);
// Any cell of it, without regard to the case of ASCII letters.
[[nodiscard]] bool contains(const TopRow& row, const std::string& needle);

// "0", "0.3", "12": a decimal below ten.
[[nodiscard]] TopCell number_cell(double value);
[[nodiscard]] TopCell count_cell(std::size_t count);
[[nodiscard]] TopCell text_cell(const std::string& text);
// In microseconds below a millisecond; ">" before it where it is a lower bound.
[[nodiscard]] TopCell length_cell(Duration duration, bool exact = true);
[[nodiscard]] TopCell id_cell(int id);
// "123/456"
[[nodiscard]] TopCell ids_cell(int pid, int tid);

}  // namespace wedged
