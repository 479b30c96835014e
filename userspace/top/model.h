// SPDX-License-Identifier: Apache-2.0
// What `wedged top` shows, as values: samples become tables, keys become another state of the screen. Knows
// no terminal and no sizes. Pure: time comes with the samples.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/finding.h"
#include "top/rates.h"

namespace wedged {

// One look at the host.
struct TopSample {
  ClockPair at;
  Duration elapsed{};  // since the sample before; zero: this is the first
  std::uint64_t threads = 0;
  std::vector<Finding> findings;  // those that hold
  std::vector<SyscallRate> rates;
  std::vector<OldestCall> oldest_calls;  // of each system call the one in flight longest
  bool calls_tracked = true;             // false: no rates and no latencies
  std::string note;                      // what is amiss, such as a scan that failed; empty: nothing
};

enum class TopView { stuck, calls, syscalls, units };
inline constexpr std::size_t top_views = 4;

struct TopCell {
  std::string text;  // printable
  double key = 0;    // what numbers are sorted by
};

struct TopColumn {
  std::string name;
  bool number = false;        // to the right, greatest first
  unsigned least_screen = 0;  // shown on screens of so many columns
};

struct TopRow {
  std::vector<TopCell> cells;
  std::optional<std::size_t> finding;  // index in the sample
  bool alarming = false;
};

struct TopTable {
  std::vector<TopColumn> columns;
  std::vector<TopRow> rows;
  std::string empty;  // in place of rows
};

[[nodiscard]] TopTable table_of(const TopSample& sample, TopView view);
[[nodiscard]] std::string_view title_of(TopView view);

struct TopOrder {
  std::size_t column = 0;
  bool reversed = false;
};

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

// What the user has chosen.
struct TopState {
  enum class Mode { table, details, help, search, filter };
  TopView view = TopView::stuck;
  Mode mode = Mode::table;
  TopOrder order[top_views] = {{3, false}, {1, false}, {1, false}, {2, false}};
  std::string filter;
  std::string search;
  std::size_t selected = 0;  // row
  std::size_t scrolled = 0;  // line of details or help
  std::optional<FindingKey> opened;
  bool paused = false;
  bool quit = false;
  Duration interval = std::chrono::seconds(1);
};

// The table as the state wants it: filtered, sorted.
[[nodiscard]] TopTable arranged(const TopSample& sample, const TopState& state);

// `page`: rows that fit on the screen.
[[nodiscard]] TopState pressed(TopState state, const TopPress& raw, const TopSample& sample,
                               std::size_t page);

}  // namespace wedged
