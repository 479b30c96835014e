// SPDX-License-Identifier: Apache-2.0
#include "top/view.h"

#include <algorithm>
#include <sstream>

#include "report/escape.h"
#include "report/events.h"
#include "report/format.h"

namespace wedged {
namespace {

constexpr std::size_t lines_around = 5;  // summary, tabs, heading, state, keys

constexpr const char* help =
    "wedged top shows what is stuck on this host. It changes nothing.\n\n"
    "  1 2 3 4, Tab     views: Stuck, Calls, Syscalls, Units\n"
    "  Up Down j k      select; PgUp PgDn Home End\n"
    "  Enter            the selected finding in full: chain, evidence, stacks\n"
    "  Esc q            back; q in a table, or F10, quits\n"
    "  F3 /             search; n finds the next\n"
    "  F4 \\             filter: only rows that contain it; Esc takes it off\n"
    "  F6 < > s         sort by the next column; I or r reverses\n"
    "  Space p          pause, go on\n"
    "  + -              longer, shorter interval\n"
    "  F1 h ?           this help\n\n"
    "Stuck: what cannot go on, or has not for too long. '>': at least so long.\n"
    "Calls: of each system call the one in flight longest. Waiting for work is\n"
    "  no fault. Threads are named where they belong to a finding.\n"
    "Syscalls: finished since the last sample. Latencies are upper bounds of\n"
    "  their bucket, accurate to a factor of two.\n"
    "Units: findings by unit or container, else by process.\n";

std::string clipped(const std::string& text, std::size_t columns) {
  return cut_to(text, columns);
}

std::vector<std::size_t> widths_of(const TopTable& table, unsigned screen) {
  std::vector<std::size_t> widths;
  for (std::size_t at = 0; at < table.columns.size(); ++at) {
    std::size_t width = columns_of(table.columns[at].name) + (screen != 0 ? 1U : 0U);  // the mark of order
    for (const auto& row : table.rows) width = std::max(width, columns_of(row.cells[at].text));
    const bool last = at + 1 == table.columns.size();
    if (screen != 0 && !last && !table.columns[at].number)
      width = std::min<std::size_t>(width, screen < 80 ? 15 : 26);
    widths.push_back(screen != 0 && table.columns[at].least_screen > screen ? 0 : width);
  }
  return widths;
}

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
  return screen == 0 ? line : clipped(line, screen);
}

std::vector<std::string> texts_of(const TopRow& row) {
  std::vector<std::string> texts;
  for (const auto& cell : row.cells) texts.push_back(cell.text);
  return texts;
}

std::vector<std::string> headings(const TopTable& table, const TopOrder* order) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < table.columns.size(); ++at) {
    const bool sorted = order && order->column == at;
    names.push_back(table.columns[at].name +
                    (sorted ? (table.columns[at].number != order->reversed ? "v" : "^") : ""));
  }
  return names;
}

TopLine summary(const TopSample& sample, unsigned columns) {
  std::size_t certain = 0;
  for (const auto& finding : sample.findings) certain += finding.certainty == Certainty::certain ? 1U : 0U;
  double calls = 0;
  for (const auto& rate : sample.rates) calls += rate.calls_per_second;
  std::ostringstream text;
  text << "wedged  " << time_text(sample.at.wall).substr(11, 8) << "Z  ";
  const std::string found =
      std::to_string(sample.findings.size()) + " stuck, " + std::to_string(certain) + " certain";
  std::string rest = "  " + std::to_string(sample.threads) + " threads";
  if (sample.calls_tracked) rest += "  " + std::to_string(static_cast<std::uint64_t>(calls)) + " calls/s";
  const auto style = certain > 0               ? TopStyle::bad
                     : sample.findings.empty() ? TopStyle::bold
                                               : TopStyle::warning;
  const std::size_t used = columns_of(text.str() + found);
  return {{text.str(), TopStyle::bold}, {found, style}, {cut_to(rest, columns > used ? columns - used : 0)}};
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
  if (state.mode == TopState::Mode::details || state.mode == TopState::Mode::help)
    return "Esc Back  Up/Down PgUp/PgDn Home/End Scroll  F10 Quit";
  if (columns < 84) return "F1Help 1-4Views F3Find F4Filter F6Sort EnterMore F10Quit";
  return "F1 Help  1-4 Views  F3 Find  F4 Filter  F6 Sort  Space Pause  Enter More  F10 Quit";
}

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Long lines go on below their beginning.
std::vector<std::string> wrapped(const std::vector<std::string>& lines, unsigned columns) {
  std::vector<std::string> result;
  for (std::string line : lines) {
    const std::size_t indent = std::min<std::size_t>(14, columns / 4);
    while (columns_of(line) > columns) {
      std::size_t end = line.rfind(' ', columns);
      if (end == std::string::npos || end <= indent + 1) end = columns;
      while (end > 1 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80) --end;
      result.push_back(line.substr(0, end));
      const std::size_t next = line.find_first_not_of(' ', end);
      if (next == std::string::npos) {
        line.clear();
        break;
      }
      line = std::string(indent, ' ') + line.substr(next);
    }
    result.push_back(line);
  }
  return result;
}

std::vector<std::string> details_of(const TopSample& sample, const TopState& state) {
  for (const auto& finding : sample.findings) {
    if (state.opened && finding.key == *state.opened) return lines_in(render_raised(finding, sample.at, {}));
  }
  return {"It is over: the thread has moved on, or has ended."};
}

std::vector<TopLine> scrolled(const std::vector<std::string>& lines, TopState& state, const TopSize& size) {
  const std::size_t page = size.rows - 1;
  state.scrolled = std::min(state.scrolled, lines.size() > page ? lines.size() - page : 0);
  std::vector<TopLine> screen;
  for (std::size_t at = state.scrolled; at < lines.size() && screen.size() < page; ++at)
    screen.push_back({{clipped(lines[at], size.columns), at == 0 ? TopStyle::bold : TopStyle::plain}});
  return screen;
}

void add_rows(std::vector<TopLine>& screen, const TopTable& table, TopState& state, const TopSize& size) {
  const std::size_t page = page_of(size);
  state.selected = table.rows.empty() ? 0 : std::min(state.selected, table.rows.size() - 1);
  const std::size_t first = state.selected < page ? 0 : state.selected + 1 - page;
  const auto widths = widths_of(table, size.columns);
  auto heading = line_of(headings(table, &state.order[static_cast<std::size_t>(state.view)]), table, widths,
                         size.columns);
  screen.push_back({{padded(heading, size.columns), TopStyle::heading}});
  if (table.rows.empty()) screen.push_back({{clipped(table.empty, size.columns), TopStyle::dim}});
  for (std::size_t at = first; at < table.rows.size() && at < first + page; ++at) {
    const auto& row = table.rows[at];
    const auto style = row.alarming ? TopStyle::bad : row.finding ? TopStyle::warning : TopStyle::plain;
    const auto line = line_of(texts_of(row), table, widths, size.columns);
    screen.push_back({{at == state.selected ? padded(line, size.columns) : line,
                       at == state.selected ? TopStyle::selected : style}});
  }
}

std::vector<TopLine> body(const TopSample& sample, TopState& state, const TopSize& size) {
  if (state.mode == TopState::Mode::help) return scrolled(wrapped(lines_in(help), size.columns), state, size);
  if (state.mode == TopState::Mode::details)
    return scrolled(wrapped(details_of(sample, state), size.columns), state, size);
  std::vector<TopLine> screen{summary(sample, size.columns), tabs(state, size.columns)};
  add_rows(screen, arranged(sample, state), state, size);
  screen.resize(size.rows - 2);
  screen.push_back(
      {{clipped(bar_text(sample, state), size.columns), state.paused ? TopStyle::warning : TopStyle::dim}});
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
      {{padded(clipped(keys_text(state, size.columns), size.columns), size.columns), TopStyle::bar}});
  return screen;
}

std::vector<std::string> plain_table(const TopTable& table, unsigned columns) {
  if (table.rows.empty()) return {table.empty};
  const auto widths = widths_of(table, columns);
  std::vector<std::string> lines{line_of(headings(table, nullptr), table, widths, columns)};
  for (const auto& row : table.rows) lines.push_back(line_of(texts_of(row), table, widths, columns));
  return lines;
}

}  // namespace wedged
