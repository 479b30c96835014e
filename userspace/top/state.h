// SPDX-License-Identifier: Apache-2.0
// What the user of `wedged top` has chosen, and how keys change it. Pure; knows no terminal and no sizes.
#pragma once

#include <cstddef>
#include <string>

#include "top/sample.h"
#include "top/tables.h"

namespace wedged {

enum class TopKey {
  text,
  up,
  down,
  page_up,
  page_down,
  home,
  end,
  enter,
  escape,
  tab,
  backspace,
  f1,
  f3,
  f4,
  f6,
  f10
};

struct TopPress {
  TopKey key = TopKey::text;
  char character = 0;  // with `text`
};

struct TopState {
  enum class Mode { table, page, help, search, filter };
  TopView view = TopView::stuck;
  Mode mode = Mode::table;
  TopOrder order[top_views] = {first_order(TopView::stuck), first_order(TopView::calls),
                               first_order(TopView::syscalls), first_order(TopView::processes),
                               first_order(TopView::units)};
  std::string filter;
  std::string search;
  std::size_t selected = 0;  // row
  TopSubject chosen;  // what it is about, which is followed; none in the first row, which stays the first
  std::size_t scrolled = 0;  // line of a page or of the help
  TopSubject opened;         // in mode `page`
  bool paused = false;
  bool quit = false;
  Duration interval = std::chrono::seconds(1);
};

// The table as the state wants it: filtered, sorted.
[[nodiscard]] TopTable arranged(const TopSample& sample, const TopState& state);

// Selects the row that is about what was chosen, wherever a new sample has it; one that is gone leaves its
// place.
void follow_chosen(TopState& state, const TopTable& table);

// `page`: rows that fit on the screen.
[[nodiscard]] TopState pressed(TopState state, const TopPress& raw, const TopSample& sample,
                               std::size_t page);

}  // namespace wedged
