// SPDX-License-Identifier: Apache-2.0
#include "top/view.h"

#include <algorithm>
#include <sstream>

#include "report/escape.h"
#include "report/format.h"
#include "report/list.h"
#include "top/layout.h"
#include "top/page.h"

namespace wedged {
namespace {

constexpr std::size_t lines_around = 5;  // summary, tabs, heading, state, keys

// As much of the line as fits.
TopLine within(TopLine line, std::size_t columns) {
  for (auto& span : line) {
    span.text = cut_to(span.text, columns);
    columns -= columns_of(span.text);
  }
  return line;
}

TopLine summary(const TopSample& sample, unsigned columns) {
  std::size_t certain = 0;
  for (const auto& finding : sample.findings) certain += finding.certainty == Certainty::certain ? 1U : 0U;
  double calls = 0;
  for (const auto& rate : sample.rates) calls += rate.calls_per_second;
  std::ostringstream text;
  text << "wedged  " << time_text(sample.at.wall).substr(11, 8) << "Z  ";
  const std::string count = std::to_string(sample.findings.size()) + " stuck, " + std::to_string(certain) +
                            " certain" + untold_text(sample.untold);
  const std::string found = sample.judged || !sample.findings.empty() ? count : "looking...";
  std::string rest = "  " + std::to_string(sample.threads_scanned) + " threads" + scope_suffix(sample.scope);
  if (sample.calls_tracked) rest += "  " + std::to_string(static_cast<std::uint64_t>(calls)) + " calls/s";
  const auto style = certain > 0               ? TopStyle::bad
                     : sample.findings.empty() ? TopStyle::bold
                                               : TopStyle::warning;
  return within({{text.str(), TopStyle::bold}, {found, style}, {rest, TopStyle::plain}}, columns);
}

TopLine tabs(const TopState& state, unsigned columns) {
  TopLine line;
  std::size_t used = 0;
  for (std::size_t at = 0; at < top_views; ++at) {
    const auto view = static_cast<TopView>(at);
    std::string text = " " + std::to_string(at + 1) + " " + std::string(title_of(view)) + " ";
    if (used + text.size() > columns) break;
    used += text.size();
    line.push_back({text, view == state.view ? TopStyle::selected : TopStyle::dim});
  }
  return line;
}

std::string bar_text(const TopSample& sample, const TopState& state) {
  if (state.mode == TopState::Mode::search) return "Search: " + printable(state.search) + "_";
  if (state.mode == TopState::Mode::filter) return "Filter: " + printable(state.filter) + "_";
  std::string text = state.paused ? "PAUSED  " : "";
  text += "every " + duration_text(state.interval);
  if (!state.filter.empty()) text += "  filter: " + printable(state.filter);
  if (!sample.note.empty()) text += "  " + printable(sample.note);
  return text;
}

std::string keys_text(const TopState& state, unsigned columns) {
  if (state.mode == TopState::Mode::page || state.mode == TopState::Mode::help)
    return "Esc Back  Up/Down PgUp/PgDn Home/End Scroll  F10 Quit";
  if (columns < 84) return "F1Help 1-5Views F3Find F4Filter F6Sort EnterMore F10Quit";
  return "F1 Help  1-5 Views  F3 Find  F4 Filter  F6 Sort  Space Pause  Enter More  F10 Quit";
}

std::vector<TopLine> scrolled(const std::vector<std::string>& lines, TopState& state, const TopSize& size) {
  const std::size_t page = size.rows - 1;
  state.scrolled = std::min(state.scrolled, lines.size() > page ? lines.size() - page : 0);
  std::vector<TopLine> screen;
  for (std::size_t at = state.scrolled; at < lines.size() && screen.size() < page; ++at)
    screen.push_back({{cut_to(lines[at], size.columns), at == 0 ? TopStyle::bold : TopStyle::plain}});
  return screen;
}

TopStyle style_of(TopAlarm alarm) {
  switch (alarm) {
    case TopAlarm::none: return TopStyle::plain;
    case TopAlarm::warning: return TopStyle::warning;
    case TopAlarm::bad: return TopStyle::bad;
  }
  return TopStyle::plain;
}

void add_rows(std::vector<TopLine>& screen, const TopTable& table, TopState& state, const TopSize& size) {
  const std::size_t page = page_of(size);
  follow_chosen(state, table);
  state.selected = table.rows.empty() ? 0 : std::min(state.selected, table.rows.size() - 1);
  const std::size_t first = state.selected < page ? 0 : state.selected + 1 - page;
  const auto widths = widths_of(table, size.columns);
  const auto& order = state.order[static_cast<std::size_t>(state.view)];
  const auto heading = heading_line(table, &order, widths, size.columns);
  screen.push_back({{padded(heading, size.columns), TopStyle::heading}});
  if (table.rows.empty()) screen.push_back({{cut_to(table.empty, size.columns), TopStyle::dim}});
  for (std::size_t at = first; at < table.rows.size() && at < first + page; ++at) {
    const auto& row = table.rows[at];
    const auto line = row_line(row, table, widths, size.columns);
    const bool selected = at == state.selected;
    screen.push_back({{selected ? padded(line, size.columns) : line,
                       selected ? TopStyle::selected : style_of(row.alarm)}});
  }
}

std::vector<TopLine> body(const TopSample& sample, TopState& state, const TopSize& size) {
  if (state.mode == TopState::Mode::help) return scrolled(wrapped(help_page(), size.columns), state, size);
  if (state.mode == TopState::Mode::page)
    return scrolled(wrapped(page_about(state.opened, sample, size.columns), size.columns), state, size);
  std::vector<TopLine> screen{summary(sample, size.columns), tabs(state, size.columns)};
  add_rows(screen, arranged(sample, state), state, size);
  screen.resize(size.rows - 2);
  screen.push_back(
      {{cut_to(bar_text(sample, state), size.columns), state.paused ? TopStyle::warning : TopStyle::dim}});
  return screen;
}

}  // namespace

std::size_t page_of(const TopSize& size) {
  return size.rows > lines_around ? size.rows - lines_around : 1;
}

std::vector<TopLine> draw(const TopSample& sample, TopState& state, const TopSize& size) {
  constexpr TopSize least{6, 20};
  if (size.rows < least.rows || size.columns < least.columns) {
    std::vector<TopLine> screen(size.rows);
    if (size.rows > 0) screen[0] = {{cut_to("too small", size.columns)}};
    return screen;
  }
  auto screen = body(sample, state, size);
  screen.resize(size.rows - 1);
  screen.push_back(
      {{padded(cut_to(keys_text(state, size.columns), size.columns), size.columns), TopStyle::bar}});
  return screen;
}

}  // namespace wedged
