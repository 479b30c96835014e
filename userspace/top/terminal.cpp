// SPDX-License-Identifier: Apache-2.0
// SIGWINCH, SIGTSTP and SIGCONT are answered by ncurses itself.
#include "top/terminal.h"

#include <langinfo.h>
#include <ncurses.h>

#include <algorithm>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace wedged {

struct Terminal::Screen {
  SCREEN* screen = nullptr;
  bool utf8 = false;
  bool colour = false;
};

namespace {

enum Pair : short { pair_red = 1, pair_yellow, pair_bar };

void prepare_colours(bool& colour) {
  const char* no_colour = std::getenv("NO_COLOR");
  colour = has_colors() && !(no_colour && *no_colour != '\0');
  if (!colour) return;
  start_color();
  use_default_colors();
  init_pair(pair_red, COLOR_RED, -1);
  init_pair(pair_yellow, COLOR_YELLOW, -1);
  init_pair(pair_bar, COLOR_BLACK, COLOR_CYAN);
}

attr_t attributes_of(TopStyle style, bool colour) {
  const auto of_pair = [&](short pair) {
    return colour ? static_cast<attr_t>(COLOR_PAIR(pair)) : attr_t{A_NORMAL};
  };
  switch (style) {
    case TopStyle::plain: return A_NORMAL;
    case TopStyle::bold: return A_BOLD;
    case TopStyle::dim: return A_DIM;
    case TopStyle::bar: return colour ? of_pair(pair_bar) : attr_t{A_REVERSE};
    case TopStyle::heading: return A_BOLD | A_UNDERLINE;
    case TopStyle::selected: return A_REVERSE;
    case TopStyle::bad: return of_pair(pair_red) | A_BOLD;
    case TopStyle::warning: return of_pair(pair_yellow);
  }
  return A_NORMAL;
}

// Where the locale is no UTF-8 one, each character beyond ASCII shows as '?'.
std::string ascii_of(const std::string& text) {
  std::string plain;
  for (const char byte : text) {
    const auto value = static_cast<unsigned char>(byte);
    if (value < 0x80) plain += byte;
    if (value >= 0xc0) plain += '?';
  }
  return plain;
}

std::optional<TopKey> special_key(int code) {
  switch (code) {
    case KEY_UP: return TopKey::up;
    case KEY_DOWN: return TopKey::down;
    case KEY_PPAGE: return TopKey::page_up;
    case KEY_NPAGE: return TopKey::page_down;
    case KEY_HOME: return TopKey::home;
    case KEY_END: return TopKey::end;
    case '\n':
    case '\r':
    case KEY_ENTER: return TopKey::enter;
    case 27: return TopKey::escape;
    case '\t': return TopKey::tab;
    case KEY_BACKSPACE:
    case 127:
    case 8: return TopKey::backspace;
    case KEY_F(1): return TopKey::f1;
    case KEY_F(2): return TopKey::tab;
    case KEY_F(3): return TopKey::f3;
    case KEY_F(4): return TopKey::f4;
    case KEY_F(6): return TopKey::f6;
    case KEY_F(10): return TopKey::f10;
    default: return {};
  }
}

}  // namespace

Terminal::Terminal(std::unique_ptr<Screen> screen) : screen_(std::move(screen)) {}
Terminal::Terminal(Terminal&&) noexcept = default;

Terminal::~Terminal() {
  if (!screen_) return;
  endwin();
  delscreen(screen_->screen);
}

Result<Terminal> Terminal::open() {
  constexpr int escape_delay_ms = 50;
  std::setlocale(LC_CTYPE, "");
  auto screen = std::make_unique<Screen>();
  screen->utf8 = std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  screen->screen = newterm(nullptr, stdout, stdin);
  if (screen->screen == nullptr) {
    const char* name = std::getenv("TERM");
    return Error{ErrorKind::unsupported, "cannot draw on a terminal of type '" +
                                             std::string(name ? name : "") + "'; use `wedged top --batch`"};
  }
  set_term(screen->screen);
  cbreak();
  noecho();
  nonl();
  keypad(stdscr, true);
  set_escdelay(escape_delay_ms);
  curs_set(0);
  prepare_colours(screen->colour);
  return Terminal(std::move(screen));
}

TopSize Terminal::size() const {
  return {static_cast<unsigned>(std::max(LINES, 0)), static_cast<unsigned>(std::max(COLS, 0))};
}

void Terminal::show(const std::vector<TopLine>& lines) {
  for (int row = 0; row < static_cast<int>(lines.size()); ++row) {
    move(row, 0);
    for (const auto& span : lines[static_cast<std::size_t>(row)]) {
      attrset(static_cast<int>(attributes_of(span.style, screen_->colour)));
      addstr((screen_->utf8 ? span.text : ascii_of(span.text)).c_str());
    }
    attrset(A_NORMAL);
    if (getcury(stdscr) == row) clrtoeol();
  }
  refresh();
}

std::optional<TopPress> Terminal::key(Duration at_most) {
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(at_most).count();
  timeout(static_cast<int>(std::max<std::int64_t>(wait, 0)));
  const int code = getch();
  if (code == KEY_RESIZE) {
    clearok(stdscr, true);  // the size may be as it was: what is drawn stays
    return {};
  }
  if (code == ERR) return {};
  if (const auto special = special_key(code)) return TopPress{*special, 0};
  if (code < ' ' || code > 126) return {};
  return TopPress{TopKey::text, static_cast<char>(code)};
}

}  // namespace wedged
