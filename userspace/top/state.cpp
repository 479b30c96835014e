// SPDX-License-Identifier: Apache-2.0
#include "top/state.h"

#include <algorithm>
#include <utility>

namespace wedged {

TopTable arranged(const TopSample& sample, const TopState& state) {
  TopTable table = table_of(sample, state.view);
  if (!state.filter.empty()) {
    if (!table.rows.empty()) table.empty = "nothing matches the filter";
    std::erase_if(table.rows, [&](const TopRow& row) { return !contains(row, state.filter); });
  }
  sort_rows(table, state.order[static_cast<std::size_t>(state.view)]);
  return table;
}

void follow_chosen(TopState& state, const TopTable& table) {
  if (std::holds_alternative<std::monostate>(state.chosen)) return;
  const auto at = std::find_if(table.rows.begin(), table.rows.end(),
                               [&](const TopRow& row) { return row.subject == state.chosen; });
  if (at != table.rows.end()) state.selected = static_cast<std::size_t>(at - table.rows.begin());
}

namespace {

using Mode = TopState::Mode;

void choose(TopState& state, const TopSample& sample) {
  const auto table = arranged(sample, state);
  const bool first = state.selected == 0 || state.selected >= table.rows.size();
  state.chosen = first ? TopSubject{} : table.rows[state.selected].subject;
}

void show(TopState& state, TopView view) {
  state.view = view;
  state.selected = 0;
}

void sort_further(TopState& state, const TopSample& sample) {
  auto& order = state.order[static_cast<std::size_t>(state.view)];
  order = {(order.column + 1) % table_of(sample, state.view).columns.size(), false};
}

std::size_t moved(std::size_t from, TopKey key, std::size_t page) {
  switch (key) {
    case TopKey::up: return from - std::min<std::size_t>(from, 1);
    case TopKey::down: return from + 1;
    case TopKey::page_up: return from - std::min(from, page);
    case TopKey::page_down: return from + page;
    case TopKey::home: return 0;
    case TopKey::end: return std::size_t{1} << 30;  // whoever shows it knows the end
    default: return from;
  }
}

void open(TopState& state, const TopSample& sample) {
  const auto table = arranged(sample, state);
  if (state.selected >= table.rows.size()) return;
  const auto& subject = table.rows[state.selected].subject;
  if (std::holds_alternative<std::monostate>(subject)) return;
  state.opened = subject;
  state.mode = Mode::page;
  state.scrolled = 0;
}

void find(TopState& state, const TopSample& sample, std::size_t from) {
  const auto table = arranged(sample, state);
  for (std::size_t step = 0; step < table.rows.size(); ++step) {
    const std::size_t at = (from + step) % table.rows.size();
    if (!contains(table.rows[at], state.search)) continue;
    state.selected = at;
    return;
  }
}

void type(TopState& state, const TopPress& press, const TopSample& sample) {
  std::string& text = state.mode == Mode::search ? state.search : state.filter;
  if (press.key == TopKey::escape) text.clear();
  if (press.key == TopKey::escape || press.key == TopKey::enter) {
    state.mode = Mode::table;
  } else if (press.key == TopKey::backspace) {
    if (!text.empty()) text.pop_back();
  } else if (press.key == TopKey::text && press.character >= ' ' && text.size() < 64) {
    text += press.character;
  }
  if (state.mode == Mode::filter) state.selected = 0;
  if (state.mode == Mode::search && !text.empty()) find(state, sample, state.selected);
}

void change_interval(TopState& state, bool longer) {
  constexpr Duration least = std::chrono::milliseconds(250), most = std::chrono::seconds(60);
  if (longer ? state.interval >= most : state.interval <= least) return;  // as the flag may have said
  state.interval = std::clamp(longer ? state.interval * 2 : state.interval / 2, least, most);
}

void command(TopState& state, char character, const TopSample& sample) {
  switch (character) {
    case '1':
    case '2':
    case '3':
    case '4':
    case '5': return show(state, static_cast<TopView>(character - '1'));
    case 'h':
    case '?':
      state.mode = Mode::help;
      state.scrolled = 0;
      return;
    case '/':
      state.mode = Mode::search;
      state.search.clear();
      return;
    case '\\': state.mode = Mode::filter; return;
    case 'n': return find(state, sample, state.selected + 1);
    case '<':
    case '>':
    case 's': return sort_further(state, sample);
    case 'I':
    case 'r': {
      auto& order = state.order[static_cast<std::size_t>(state.view)];
      order.reversed = !order.reversed;
      return;
    }
    case ' ':
    case 'p': state.paused = !state.paused; return;
    case '+': return change_interval(state, true);
    case '-': return change_interval(state, false);
    case 'k': state.selected = moved(state.selected, TopKey::up, 1); return;
    case 'j': state.selected = moved(state.selected, TopKey::down, 1); return;
    default: return;
  }
}

TopPress as_letter(const TopPress& press) {
  switch (press.key) {
    case TopKey::f1: return {TopKey::text, 'h'};
    case TopKey::f3: return {TopKey::text, '/'};
    case TopKey::f4: return {TopKey::text, '\\'};
    case TopKey::f6: return {TopKey::text, '>'};
    case TopKey::f10: return {TopKey::text, 'q'};
    default: return press;
  }
}

void press_in_text(TopState& state, const TopPress& press, std::size_t page) {
  const bool leaves = press.key == TopKey::escape || press.key == TopKey::enter ||
                      press.key == TopKey::backspace || (press.key == TopKey::text && press.character == 'q');
  if (leaves) state.mode = Mode::table;
  TopKey key = press.key;
  if (press.key == TopKey::text && press.character == 'j') key = TopKey::down;
  if (press.key == TopKey::text && press.character == 'k') key = TopKey::up;
  state.scrolled = moved(state.scrolled, key, page);
}

void press_in_table(TopState& state, const TopPress& press, const TopSample& sample, std::size_t page) {
  if (press.key == TopKey::text && press.character == 'q') {
    state.quit = true;
  } else if (press.key == TopKey::text) {
    command(state, press.character, sample);
  } else if (press.key == TopKey::tab) {
    show(state, static_cast<TopView>((static_cast<std::size_t>(state.view) + 1) % top_views));
  } else if (press.key == TopKey::enter) {
    open(state, sample);
  } else if (press.key == TopKey::escape) {
    state.filter.clear();
  } else {
    state.selected = moved(state.selected, press.key, page);
  }
  const std::size_t rows = arranged(sample, state).rows.size();
  state.selected = rows == 0 ? 0 : std::min(state.selected, rows - 1);
}

}  // namespace

TopState pressed(TopState state, const TopPress& raw, const TopSample& sample, std::size_t page) {
  const TopPress press = as_letter(raw);
  const std::pair before(state.view, state.selected);
  if (raw.key == TopKey::f10) {
    state.quit = true;
  } else if (state.mode == Mode::search || state.mode == Mode::filter) {
    type(state, raw, sample);
  } else if (state.mode == Mode::table) {
    press_in_table(state, press, sample, page);
  } else {
    press_in_text(state, press, page);
  }
  if (std::pair(state.view, state.selected) != before) choose(state, sample);
  return state;
}

}  // namespace wedged
